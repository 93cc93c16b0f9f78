"""A task's code on literals: inputs out of a literal map, the call, outputs into a literal map. Every kind of task does it here.

A task does it in the context that it is given, as flytekit has it: its storage takes the raw data, `current_context()` gives its
parameters, and its tracker collects what the code says about its outputs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from compiler.source.interface import Interface
from drawloom import context
from drawloom.context import OUTPUT_METADATA, ExecutionMode, current
from literals import pb
from typeengine import NamedCodecs

if TYPE_CHECKING:
    from drawloom.context import ExecutionParameters, FlyteContext, OutputMetadataTracker


def on_literals(
    name: str, interface: Interface, literals: pb.LiteralMap, execute: Callable[[dict[str, Any]], Mapping[str, Any]]
) -> pb.LiteralMap:
    """The literals of what `execute` gives by output name, of the inputs' values by name. `name`: the entity's, for errors.

    Raises:
        DrawloomError: a literal does not fit its type, or a value that `execute` gives does not.
    """
    values = execute(NamedCodecs(interface.input_codecs, name).decode_map(literals))
    outputs = NamedCodecs(interface.output_codecs, name, "output").encode(values)
    tracker: OutputMetadataTracker | None = current().extras.get(OUTPUT_METADATA)
    if tracker is not None:
        outputs = tracker.marked(values, outputs)
    return pb.LiteralMap(literals={variable: pb.Literal.FromString(data) for variable, data in outputs.items()})


def is_one_attempt(ctx: FlyteContext | None) -> bool:
    """Whether a context, or the one in force where none is given, is that of one attempt of a task, as in a container."""
    state = current().execution if ctx is None else ctx.execution_state
    return state is not None and state.mode is ExecutionMode.TASK_EXECUTION


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
        """Decode the inputs, run the code, encode the outputs, all in the context that is given.

        Raises:
            DrawloomError: a literal does not fit its type, or a returned value does not.
        """
        manager = context.FlyteContextManager  # loaded here: a container of a plain task never needs it
        outer = ctx if ctx is not None else manager.current_context()
        params = self.pre_execute(outer.user_space_params)
        state = (outer.execution_state or outer.new_execution_state()).with_params(user_space_params=params)

        def execute(values: dict[str, Any]) -> Mapping[str, Any]:
            return self.split_outputs(self.post_execute(params, self.execute(**values)))

        with manager.with_context(outer.with_execution_state(state)):
            return on_literals(self.name, self.python_interface, input_literal_map, execute)
