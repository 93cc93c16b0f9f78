"""A task's code on literals: inputs out of a literal map, the call, outputs into a literal map. Every kind of task does it here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from compiler.source.interface import Interface
from literals import pb
from typeengine import NamedCodecs

if TYPE_CHECKING:
    from drawloom.context import ExecutionParameters, FlyteContext


def on_literals(
    name: str, interface: Interface, literals: pb.LiteralMap, execute: Callable[[dict[str, Any]], Mapping[str, Any]]
) -> pb.LiteralMap:
    """The literals of what `execute` gives by output name, of the inputs' values by name. `name`: the entity's, for errors.

    Raises:
        DrawloomError: a literal does not fit its type, or a value that `execute` gives does not.
    """
    values = NamedCodecs(interface.input_codecs, name).decode_map(literals)
    return NamedCodecs(interface.output_codecs, name, "output").encode_map(execute(values))


class _RunnableTask(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def python_interface(self) -> Interface: ...
    def execute(self, **kwargs: Any) -> Any: ...
    def pre_execute(self, user_params: ExecutionParameters | None) -> Any: ...
    def post_execute(self, user_params: ExecutionParameters | None, rval: object) -> Any: ...
    def split_outputs(self, result: object) -> dict[str, Any]: ...


class LiteralDispatch:
    """flytekit's methods around the code of a task, for a class that has a name, an interface and `execute`."""

    def pre_execute(self, user_params: ExecutionParameters | None) -> Any:
        """Change the parameters that the code will see."""
        return user_params

    def post_execute(self, user_params: ExecutionParameters | None, rval: object) -> Any:
        """Change what the code returned."""
        del user_params
        return rval

    def dispatch_execute(
        self: _RunnableTask, ctx: FlyteContext | None, input_literal_map: pb.LiteralMap
    ) -> pb.LiteralMap:
        """Decode the inputs, run the code, encode the outputs.

        Raises:
            DrawloomError: a literal does not fit its type, or a returned value does not.
        """

        def execute(values: dict[str, Any]) -> Mapping[str, Any]:
            params = self.pre_execute(getattr(ctx, "user_space_params", None))
            return self.split_outputs(self.post_execute(params, self.execute(**values)))

        return on_literals(self.name, self.python_interface, input_literal_map, execute)
