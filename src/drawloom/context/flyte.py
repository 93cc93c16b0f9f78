"""FlyteContext and its manager: Flyte 1's view of the one record.

A FlyteContext is a frozen picture of the record; entering one puts its members into a changed copy of the record. The
manager's stack is the chain of parents inside the records themselves, so each thread and asyncio task has its own.
"""

from __future__ import annotations

import contextlib
import os
import traceback
from collections.abc import Callable, Generator
from dataclasses import dataclass, fields, replace
from types import FrameType
from typing import Any, ClassVar

from drawloom.context.deck_html import deck_page
from drawloom.context.execution import BranchEvalMode, CompilationState, ExecutionState
from drawloom.context.files import file_access
from drawloom.context.parameters import ExecutionParameters, outside_parameters
from drawloom.context.state import AmbientState, activate, current
from drawloom.context.temporary import temporary_folder, temporary_name

_EXTRAS = ("flyte_client", "origin_stackframe", "output_metadata_tracker", "worker_queue")


@dataclass(frozen=True)
class FlyteContext:
    """Internal-facing context of Flyte 1; most users never see it. None means that the member is not set.

    Attributes are flytekit's; `file_access` None means the storage in force.
    """

    Builder: ClassVar[type[ContextBuilder]]

    file_access: Any = None
    level: int = 0
    flyte_client: Any = None
    compilation_state: CompilationState | None = None
    execution_state: ExecutionState | None = None
    serialization_settings: Any = None
    in_a_condition: bool = False
    origin_stackframe: traceback.FrameSummary | None = None
    output_metadata_tracker: Any = None
    worker_queue: Any = None

    @staticmethod
    def current_context() -> FlyteContext:
        """The active context."""
        return FlyteContextManager.current_context()

    @property
    def user_space_params(self) -> ExecutionParameters | None:
        """What `current_context()` shows to the user; None outside an execution."""
        return self.execution_state.user_space_params if self.execution_state is not None else None

    def new_builder(self) -> ContextBuilder:
        """A builder that starts from this context."""
        return ContextBuilder(**{name: getattr(self, name) for name in _MEMBERS})

    def new_compilation_state(self, prefix: str = "") -> CompilationState:
        """A fresh compilation state; it is not put into this context."""
        return CompilationState(prefix=prefix)

    def new_execution_state(self, working_dir: os.PathLike[str] | str | None = None) -> ExecutionState:
        """A fresh execution state, in a new temporary folder when none is given."""
        return ExecutionState(working_dir=working_dir or temporary_folder("work"))

    def with_compilation_state(self, c: CompilationState) -> ContextBuilder:
        """A builder with this compilation state."""
        return self.new_builder().with_compilation_state(c)

    def with_new_compilation_state(self) -> ContextBuilder:
        """A builder with a fresh compilation state."""
        return self.with_compilation_state(self.new_compilation_state())

    def with_execution_state(self, es: ExecutionState) -> ContextBuilder:
        """A builder with this execution state."""
        return self.new_builder().with_execution_state(es)

    def with_file_access(self, fa: object) -> ContextBuilder:
        """A builder with this storage."""
        return replace(self.new_builder(), file_access=fa)

    def with_serialization_settings(self, ss: object) -> ContextBuilder:
        """A builder with these serialization settings."""
        return replace(self.new_builder(), serialization_settings=ss)

    def with_client(self, c: object) -> ContextBuilder:
        """A builder with this client."""
        return replace(self.new_builder(), flyte_client=c)

    def with_output_metadata_tracker(self, t: object) -> ContextBuilder:
        """A builder with this tracker."""
        return replace(self.new_builder(), output_metadata_tracker=t)

    def with_worker_queue(self, wq: object) -> ContextBuilder:
        """A builder with this queue."""
        return replace(self.new_builder(), worker_queue=wq)

    def enter_conditional_section(self) -> ContextBuilder:
        """A builder that is inside a conditional section."""
        return self.new_builder().enter_conditional_section()

    def set_stackframe(self, s: traceback.FrameSummary) -> None:
        """Note where in the user's code this context was made."""
        object.__setattr__(self, "origin_stackframe", s)

    def get_origin_stackframe_repr(self) -> str:
        """Where this context was made, as `file:line`; empty when unknown."""
        frame = self.origin_stackframe
        return f"{frame.filename}:{frame.lineno}" if frame is not None else ""

    def get_deck(self) -> str:
        """The running task's decks as one HTML page, or those of the task that ran last; a notebook shows it."""
        params = self.user_space_params
        return deck_page(params.decks if params is not None else ())


_MEMBERS = tuple(field.name for field in fields(FlyteContext))


@dataclass
class ContextBuilder:
    """Changes on the way to a new FlyteContext."""

    file_access: Any = None
    level: int = 0
    flyte_client: Any = None
    compilation_state: CompilationState | None = None
    execution_state: ExecutionState | None = None
    serialization_settings: Any = None
    in_a_condition: bool = False
    origin_stackframe: traceback.FrameSummary | None = None
    output_metadata_tracker: Any = None
    worker_queue: Any = None

    def build(self) -> FlyteContext:
        """The context, one level deeper than the one that the builder came from."""
        return FlyteContext(**{name: getattr(self, name) for name in _MEMBERS if name != "level"}, level=self.level + 1)

    def with_compilation_state(self, c: CompilationState) -> ContextBuilder:
        """Set the compilation state."""
        self.compilation_state = c
        return self

    def with_new_compilation_state(self) -> ContextBuilder:
        """Set a fresh compilation state."""
        return self.with_compilation_state(CompilationState(prefix=""))

    def new_compilation_state(self, prefix: str = "") -> CompilationState:
        """A fresh compilation state; it is not put into this builder."""
        return CompilationState(prefix=prefix)

    def new_execution_state(self, working_dir: os.PathLike[str] | str | None = None) -> ExecutionState:
        """A fresh execution state, in a new temporary folder when none is given."""
        return ExecutionState(working_dir=working_dir or temporary_folder("work"))

    def with_execution_state(self, es: ExecutionState) -> ContextBuilder:
        """Set the execution state."""
        self.execution_state = es
        return self

    def with_file_access(self, fa: object) -> ContextBuilder:
        """Set the storage."""
        self.file_access = fa
        return self

    def with_serialization_settings(self, ss: object) -> ContextBuilder:
        """Set the serialization settings."""
        self.serialization_settings = ss
        return self

    def with_output_metadata_tracker(self, t: object) -> ContextBuilder:
        """Set the tracker."""
        self.output_metadata_tracker = t
        return self

    def with_worker_queue(self, wq: object) -> ContextBuilder:
        """Set the queue."""
        self.worker_queue = wq
        return self

    def enter_conditional_section(self) -> ContextBuilder:
        """Be inside a conditional section, whose branches are skipped until one is taken."""
        if self.execution_state is not None:
            self.execution_state = self.execution_state.with_params(branch_eval_mode=BranchEvalMode.BRANCH_SKIPPED)
        self.in_a_condition = True
        return self


FlyteContext.Builder = ContextBuilder


class FlyteContextManager:
    """The stack of FlyteContexts of this thread or asyncio task."""

    signal_handlers: ClassVar[list[Callable[[int, FrameType | None], Any]]] = []

    @staticmethod
    def current_context() -> FlyteContext:
        """The active context; outside any execution, that of a local run named "local"."""
        return _view(current())

    @staticmethod
    def push_context(ctx: FlyteContext, f: traceback.FrameSummary | None = None) -> FlyteContext:
        """Make `ctx` active until `pop_context`."""
        if f is not None:
            ctx.set_stackframe(f)
        below = current()
        activate(_record(ctx, below).changed(parent=below, level=below.level + 1))
        return ctx

    @staticmethod
    def pop_context() -> FlyteContext:
        """Leave the context pushed last, and give it.

        Raises:
            IndexError: there is nothing to pop.
        """
        state = current()
        if state.parent is None:
            raise IndexError("pop_context without a push_context before it")
        activate(state.parent)
        return _view(state)

    @staticmethod
    @contextlib.contextmanager
    def with_context(b: ContextBuilder | FlyteContext) -> Generator[FlyteContext, None, None]:
        """Build the context and make it active for the block."""
        below = current()
        ctx = FlyteContextManager.push_context(b.build() if isinstance(b, ContextBuilder) else b)
        try:
            yield ctx
        finally:
            activate(below)

    @staticmethod
    def size() -> int:
        """How many contexts are on the stack; the one at the bottom counts."""
        return current().level + 1

    @staticmethod
    def initialize() -> None:
        """Forget every context of this thread."""
        activate(AmbientState())

    @staticmethod
    def get_origin_stackframe(limit: int = 2) -> traceback.FrameSummary:
        """The frame `limit` calls above, as a summary."""
        return traceback.extract_stack(limit=limit + 1)[0]

    @staticmethod
    def add_signal_handler(handler: Callable[[int, FrameType | None], Any]) -> None:
        """Have `handler(number, frame)` called when a run is interrupted from the terminal."""
        FlyteContextManager.signal_handlers.append(handler)


class FlyteEntities:
    """Every task, workflow and launch plan declared in this process, in the order of declaration."""

    entities: ClassVar[list[Any]] = []


def new_context() -> contextlib.AbstractContextManager[FlyteContext]:
    """A context on top of the active one, for a block."""
    return FlyteContextManager.with_context(FlyteContextManager.current_context().new_builder())


_outside: list[ExecutionState] = []


def _view(state: AmbientState) -> FlyteContext:
    execution = state.execution
    if execution is None and state.compilation is None:
        if not _outside:
            folder = temporary_name("user-space")
            _outside.append(ExecutionState(folder, user_space_params=outside_parameters()))
        execution = _outside[0]
    return FlyteContext(
        file_access=file_access(),
        level=state.level,
        compilation_state=state.compilation,
        execution_state=execution,
        serialization_settings=state.settings,
        in_a_condition=state.in_a_condition,
        **{name: state.extras.get(name) for name in _EXTRAS},
    )


def _record(ctx: FlyteContext, state: AmbientState) -> AmbientState:
    execution = ctx.execution_state if ctx.execution_state not in _outside else None
    return state.changed(
        file_access=ctx.file_access,
        compilation=ctx.compilation_state,
        execution=execution,
        settings=ctx.serialization_settings,
        in_a_condition=ctx.in_a_condition,
        extras={name: value for name in _EXTRAS if (value := getattr(ctx, name)) is not None},
    )
