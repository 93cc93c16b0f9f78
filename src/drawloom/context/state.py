"""The one ContextVar, and the frozen record in it.

Rule 1: nothing else in drawloom holds ambient state. FlyteContext (Flyte 1) and Context (Flyte 2) are views of this record.
Rule 2: the record is never changed; `using(...)` puts a changed copy in place for a block and restores by token.
Rule 3: a thread or task that drawloom starts runs in a copy of its starter's context, so the record travels with the work.
"""

from __future__ import annotations

import contextvars
from _thread import RLock
from collections.abc import Callable, Mapping
from types import MappingProxyType, TracebackType
from typing import Any, Generic, NoReturn, TypeVar, cast, final

from drawloom.context.execution import CompilationState, ExecutionMode, ExecutionState

T = TypeVar("T")
NO_CUSTOM_CONTEXT: Mapping[str, str] = MappingProxyType({})
"""The custom context where nobody set any."""


class AmbientState:
    """Everything ambient at one moment. Fields that belong to upper layers are opaque here.

    Written out and no dataclass: generating one costs more than importing the rest of this package does. A field that was
    not given is the class's.

    Attributes:
        trace: the compiler's open trace; None when no workflow body is being traced.
        compilation: Flyte 1's compilation state, set together with a trace or by the user.
        execution: Flyte 1's execution state; None outside any execution.
        task: the running action's `TaskContext`; None outside a task.
        run: the settings of the run that this code belongs to; the run API's record.
        custom_context: string pairs that every action below inherits.
        settings: the SerializationSettings in force; None means defaults.
        file_access: where raw data goes; None means the default storage.
        group: name of the innermost `group` block in this action; None outside one.
        raw_data_path: prefix for raw data when no task says otherwise; None means the default.
        metadata: pairs of strings that go with requests.
        preserve_original_types: keep native data frames when outputs are decoded.
        in_trace: this code runs inside a function marked `@trace`.
        tracker: who mirrors the run to somewhere else; None means nobody.
        in_a_condition: a conditional section is open.
        level: how many contexts were pushed below this one.
        parent: the record that `pop_context` goes back to; None at the bottom.
        extras: Flyte 1 members nothing of ours reads: client, stack frame, metadata tracker, worker queue.
    """

    trace: Any = None
    compilation: CompilationState | None = None
    execution: ExecutionState | None = None
    task: Any = None
    run: Any = None
    custom_context: Mapping[str, str] = NO_CUSTOM_CONTEXT
    settings: Any = None
    file_access: Any = None
    group: str | None = None
    raw_data_path: Any = None
    metadata: tuple[tuple[str, str], ...] | None = None
    preserve_original_types: bool = False
    in_trace: bool = False
    tracker: Any = None
    in_a_condition: bool = False
    level: int = 0
    parent: AmbientState | None = None
    extras: Mapping[str, Any] = NO_CUSTOM_CONTEXT

    def __init__(self, **values: Any) -> None:
        """A record of the given fields; those left out have their defaults. Raises `TypeError` for an unknown one."""
        if not values.keys() <= _FIELDS:
            raise TypeError(f"AmbientState has no field {', '.join(sorted(values.keys() - _FIELDS))}")
        self.__dict__.update(values)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> AmbientState:
        """What the constructor gives for fields whose names are right, without looking at them."""
        self = object.__new__(cls)
        self.__dict__.update(values)
        return self

    def changed(self, **values: Any) -> AmbientState:
        """A copy with the given fields changed. Raises `TypeError` for an unknown one."""
        if not values.keys() <= _FIELDS:
            raise TypeError(f"AmbientState has no field {', '.join(sorted(values.keys() - _FIELDS))}")
        return self.of({**self.__dict__, **values})

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        raise AttributeError(f"the ambient record is never changed ({name}); use `using({name}=...)`")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"the ambient record is never changed ({name})")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AmbientState) and all(getattr(self, name) == getattr(other, name) for name in _FIELDS)

    __hash__ = None  # pyright: ignore[reportAssignmentType] - it holds mappings

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.__dict__.items() if name != "parent")
        return f"AmbientState({shown})"

    @property
    def mode(self) -> ExecutionMode | None:
        """What kind of execution this is; None when nothing executes."""
        return self.execution.mode if self.execution is not None else None


_FIELDS = frozenset(AmbientState.__annotations__)


@final
class Deferred(Generic[T]):
    """A value that is made when it is first asked for, once."""

    __slots__ = ("_lock", "_made", "_make")

    def __init__(self, make: Callable[[], T]) -> None:
        self._lock = RLock()
        self._make = make
        self._made: list[T] = []

    def get(self) -> T:
        """The value."""
        with self._lock:
            if not self._made:
                self._made.append(self._make())
            return self._made[0]


def _made(state: AmbientState, name: str) -> Any:
    value = state.__dict__.get(name)
    return cast("Deferred[Any]", value).get() if type(value) is Deferred else value


@final
class LateState(AmbientState):
    """A record whose `task` and `file_access` may be `Deferred`: a process that runs one task may never need them."""

    @property
    def task(self) -> Any:  # pyright: ignore[reportIncompatibleVariableOverride] - a field that is never set either
        """The running action's context."""
        return _made(self, "task")

    @property
    def file_access(self) -> Any:  # pyright: ignore[reportIncompatibleVariableOverride] - as above
        """Where raw data goes."""
        return _made(self, "file_access")


_BOTTOM = AmbientState()
_state: contextvars.ContextVar[AmbientState] = contextvars.ContextVar("drawloom", default=_BOTTOM)


def current() -> AmbientState:
    """The record of this thread or asyncio task."""
    return _state.get()


def activate(state: AmbientState) -> contextvars.Token[AmbientState]:
    """Put `state` in place; give the token that `restore` takes."""
    return _state.set(state)


def restore(token: contextvars.Token[AmbientState]) -> None:
    """Go back to what was there before the `activate` that gave `token`."""
    _state.reset(token)


class using:  # noqa: N801 - reads as a statement: `with using(task=...):`
    """`with using(field=value, ...) as state:` runs the block under a changed copy of the record. Re-entrant."""

    __slots__ = ("_changes", "_tokens")

    def __init__(self, **changes: object) -> None:
        self._changes = changes
        self._tokens: list[contextvars.Token[AmbientState]] = []

    def __enter__(self) -> AmbientState:
        state = _state.get().changed(**self._changes)
        self._tokens.append(_state.set(state))
        return state

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _state.reset(self._tokens.pop())
