"""The arms of a conditional: what `then(...)` was given, brought to exactly one node each.

One fresh call is that call's node. Anything else becomes a generated sub-workflow: several calls, a value that already
exists (an earlier output, a workflow input, a constant). It runs only when its arm is taken, and nothing in it is
visible outside. Ids of arm nodes start at n0 again: they are scoped by the branch node, as the server scopes them
(`<branch>-<arm>`), and what they bind to lies in the enclosing workflow, never beside them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from compiler.errors import BindingError, FlyteAssertion
from compiler.graph.bind import Bound, BoundList, BoundMap, bind, references
from compiler.graph.condition import reference
from compiler.graph.member_path import ANYTHING
from compiler.graph.node import Node, NodeEmitter, NodeOverrides, start_node
from compiler.graph.promise import NodeOutput, OutputTuple, Promise, VoidPromise
from compiler.source.interface import Interface, admits_none
from compiler.source_location import SourceLocation
from compiler.workflows.generated_workflow import InnerWorkflow
from literals import is_tuple, pb, preview
from typeengine import default_engine

_AUTOMATIC_ID = re.compile(r"[a-z]*n\d+")


class Pause:
    """The entity of a node that does nothing: a gate that sleeps for no time. Every server has it."""

    resource_type = 0
    is_written = False
    has_constant_target = False
    takes_task_overrides = False
    name = "pass"
    python_interface = Interface()

    def node_defaults(self) -> NodeOverrides:
        """No settings but a name."""
        return NodeOverrides(name=self.name)

    def node_target(self, node: Node, emitter: NodeEmitter) -> pb.Node:
        """A sleep gate of zero seconds."""
        del node, emitter
        made = pb.Node()
        made.gate_node.sleep.duration.SetInParent()
        return made

    def dependencies(self) -> tuple[Any, ...]:
        """Nothing."""
        return ()


PAUSE = Pause()


class Arm:
    """One arm: its condition (None for else), the calls made for it, and its values by output name or its message."""

    __slots__ = ("expression", "location", "message", "node", "nodes", "values")

    def __init__(self, expression: object, nodes: list[Node], location: SourceLocation | None) -> None:
        self.expression = expression
        self.nodes = nodes
        self.location = location
        self.values: dict[str, Any] = {}
        self.message: str | None = None
        self.node: Node | None = None

    @property
    def is_one_call(self) -> bool:
        """Whether the arm is one fresh call and its outputs as they are."""
        if len(self.nodes) != 1:
            return False
        for name, value in self.values.items():
            if not isinstance(value, Promise):
                return False
            node, var, path, _ = reference(value)
            if node is not self.nodes[0] or var != name or path:
                return False
        return True


def result_values(value: Any, nodes: Sequence[Node]) -> dict[str, Any]:
    """What `then(...)` was given, by output name.

    A named tuple keeps its names, a plain tuple counts o0, o1; one value keeps the name of a fresh output, else it is o0.
    """
    if value is None or isinstance(value, VoidPromise):
        return {}
    if isinstance(value, Node):
        return dict(value.outputs)
    if isinstance(value, OutputTuple):
        return dict(zip(value._fields, value, strict=True))  # type: ignore[attr-defined, call-overload] # pyright: ignore - the namedtuple beside the mixin
    if is_tuple(value):
        return {f"o{index}": part for index, part in enumerate(value)}
    if isinstance(value, Promise):
        node, var, path, _ = reference(value)
        return {var if node in nodes and not path else "o0": value}
    return {"o0": value}


def align_names(arms: Sequence[Arm]) -> None:
    """Give the one value of an arm that makes no call of its own the name of the other arms' one output."""
    calls = {tuple(arm.values) for arm in arms if arm.is_one_call and len(arm.values) == 1}
    if len(calls) != 1:
        return
    ((name,),) = calls
    for arm in arms:
        if not arm.is_one_call and len(arm.values) == 1:
            arm.values = {name: next(iter(arm.values.values()))}


def common_outputs(arms: Sequence[Arm], where: str) -> dict[str, Any]:
    """Names and types of the outputs that every arm has, in the first arm's order.

    Raises:
        BindingError: the arms disagree about a type.
    """
    valued = [arm for arm in arms if arm.message is None]
    if not valued:
        return {}
    names = [name for name in valued[0].values if all(name in arm.values for arm in valued)]
    return {name: _common_type(name, valued, where) for name in names}


def _common_type(name: str, arms: Sequence[Arm], where: str) -> Any:
    typed = [(arm, hint) for arm in arms if (hint := _type_of(arm.values[name])) is not ANYTHING]
    if not typed:
        return _guessed([arm.values[name] for arm in arms], where)
    chosen = next((hint for _, hint in typed if admits_none(hint)), typed[0][1])
    for arm, hint in typed:
        _require_fit(name, arm, hint, chosen, where)
    return chosen


def _require_fit(name: str, arm: Arm, hint: Any, chosen: Any, where: str) -> None:
    """The arms of a branch stand for one output, so each must fit the chosen type."""
    try:
        bind(Promise(name, NodeOutput(start_node(), name), hint), chosen, default_engine().codec(chosen))
    except BindingError as error:
        raise BindingError(
            f"the arms disagree about the type of `{name}`",
            where=where,
            expected=error.expected,
            got=error.got,
            fix="let every arm give the same type",
            location=arm.location,
        ) from error


def _type_of(value: Any) -> Any:
    return reference(value)[3] if isinstance(value, Promise) else ANYTHING


def _guessed(values: Sequence[Any], where: str) -> Any:
    """A type for constants that no call stands beside."""
    for value in values:
        if isinstance(value, (bool, int, float, str)):
            return type(value)
    raise FlyteAssertion(
        "the type of this arm's value is not known",
        where=where,
        expected="a value of a known type",
        got=preview(values[0]),
        fix="let a task give it, or use int, float, str or bool",
    )


def rename(nodes: Sequence[Node], prefix: str, first: int = 0) -> None:
    """Give nodes with automatic ids new ones, counted from `first`; chosen names stay."""
    for index, node in enumerate(nodes, first):
        if _AUTOMATIC_ID.fullmatch(node.id):
            node.id = f"{prefix}n{index}"


def settle_arm(arm: Arm, hints: Mapping[str, Any], node_id: str, name: Callable[[], str], where: str) -> None:
    """Make the one node of an arm; `hints` are the types of the outputs that count."""
    if arm.is_one_call:
        arm.node = arm.nodes[0]
        return
    inner = set(arm.nodes)
    start = start_node()
    inputs: dict[tuple[Any, str], tuple[str, Promise]] = {}

    def inside(promise: Promise) -> Promise:
        node, var, path, hint = reference(promise)
        if node in inner:
            return promise
        if (node, var) not in inputs:
            taken = {taken_name for taken_name, _ in inputs.values()}
            chosen = (
                var
                if var not in taken
                else next(f"{var}_{n}" for n in range(1, len(taken) + 2) if f"{var}_{n}" not in taken)
            )
            inputs[node, var] = (chosen, node.outputs[var])
        return Promise(inputs[node, var][0], NodeOutput(start, inputs[node, var][0], path), hint)

    outputs: list[tuple[str, Bound]] = []
    for output, hint in hints.items():
        bound = bind(arm.values[output], hint, default_engine().codec(hint))
        outputs.append((output, substituted(bound, inside)))
    outside: list[Node] = []
    for node in arm.nodes:
        substitute(node, inside)
        outside.extend(other for other in node.upstream if other not in inner)
        node.upstream = [other for other in node.upstream if other in inner]
    nodes = list(arm.nodes) or [Node("n0", PAUSE, [], arm.location)]
    rename(nodes, "")
    interface = Interface({key: reference(outer)[3] for key, outer in inputs.values()}, dict(hints))
    interface.owner = where
    entity = InnerWorkflow(name, interface, nodes, sorted(outputs, key=lambda pair: pair[0]))
    arm.node = Node(node_id, entity, sorted(inputs.values(), key=lambda pair: pair[0]), arm.location)
    arm.node.upstream = outside


def substitute(node: Node, change: Callable[[Promise], Promise]) -> None:
    """Replace every promise that a node refers to, also in the conditions and arms of a branch node."""
    node.bound = [(name, substituted(data, change)) for name, data in node.bound]
    deeper = getattr(node.entity, "substitute", None)
    if deeper is not None:
        deeper(change)


def substituted(data: Bound, change: Callable[[Promise], Promise]) -> Bound:
    """Bound data with every promise replaced."""
    if isinstance(data, Promise):
        return change(data)
    if isinstance(data, BoundList):
        return BoundList([substituted(part, change) for part in data.items])
    if isinstance(data, BoundMap):
        return BoundMap({key: substituted(part, change) for key, part in data.items.items()})
    return data


__all__ = [
    "PAUSE",
    "Arm",
    "align_names",
    "common_outputs",
    "references",
    "rename",
    "result_values",
    "settle_arm",
    "substitute",
    "substituted",
]
