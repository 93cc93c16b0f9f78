"""The task that decides a branch's conditions on a cluster which cannot compare what they read; see `ir.Lowering`.

It works on literals, for what is compared may be of any type: each input is the literal as it came, and each output the number of
the case that holds in one branch, counted from 0; the number of cases if none does; 0 for a branch in an arm that is not taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, final

from drawloom.interpreter.nodes.condition import holds
from drawloom.ir import conditions_of, walk
from literals import pb
from typeengine import Codec, default_engine


@final
class LiteralInput:
    """A codec that gives literals as they are."""

    @staticmethod
    def decode(literal: bytes) -> bytes:
        """The literal."""
        return literal

    @staticmethod
    def encode(literal: bytes) -> bytes:
        """The literal."""
        return literal


@final
class ChoiceInterface:
    """Inputs as literals, outputs as whole numbers."""

    def __init__(self, inputs: Sequence[str], outputs: Sequence[str]) -> None:
        self.input_codecs: Mapping[str, LiteralInput] = {name: LiteralInput() for name in inputs}
        self.output_codecs: Mapping[str, Codec] = dict.fromkeys(outputs, default_engine().codec(int))
        self.default_inputs: Mapping[str, object] = {}


@final
class ChoiceTask:
    """The task of one branch node, as `conditions_text` carries it."""

    def __init__(self, branch: pb.Node) -> None:
        self.name = f"{branch.id}-choice"
        self._branches = [each.node for each in walk([branch]) if each.node.HasField("branch_node")]
        names = [binding.binding.promise.var for each in self._branches for binding in each.inputs]
        self.python_interface = ChoiceInterface(names, [f"c{number}" for number in range(len(self._branches))])

    def execute(self, **literals: bytes) -> dict[str, int]:
        """The number of the case that holds, for each branch.

        Raises:
            ConditionError: two values cannot be compared.
        """
        taken = dict(self._taken(literals))
        return {f"c{number}": taken.get(number, 0) for number in range(len(self._branches))}

    def _taken(self, literals: Mapping[str, bytes]) -> Iterator[tuple[int, int]]:
        """(the branch's place among all, the case's number) of the branches that are reached, from the outermost inwards."""
        number = 0
        while True:
            branch = self._branches[number]
            operands = {binding.var: literals[binding.binding.promise.var] for binding in branch.inputs}
            block = branch.branch_node.if_else
            cases = [block.case, *block.other]
            chosen = next(
                (index for index, case in enumerate(cases) if holds(case.condition, operands, self.name)), len(cases)
            )
            yield number, chosen
            arms = [*(case.then_node for case in cases), block.else_node]
            if not arms[chosen].HasField("branch_node"):
                return
            number += 1 + sum(_branches_in(arm) for arm in arms[:chosen])

    @staticmethod
    def split_outputs(result: Mapping[str, int], /) -> Mapping[str, int]:
        """The outputs by name, as `execute` gives them."""
        return result


def _branches_in(arm: pb.Node) -> int:
    return sum(each.node.HasField("branch_node") for each in walk([arm]))


@final
class ChoiceResolver:
    """Finds the task that decides a branch by its one loader argument."""

    @staticmethod
    def load_task(loader_args: Sequence[str]) -> ChoiceTask:
        """The task.

        Raises:
            MalformedError: the argument is not what `ir.Lowering` writes.
        """
        return ChoiceTask(conditions_of("".join(loader_args)))


resolver: Final = ChoiceResolver()
