"""Context and ContextData: Flyte 2's view of the one record, and `contextual_run`.

A Context becomes active when it is entered, may be entered again inside itself, and goes back by token. `contextual_run`
gives its function a copy of the ambient state, so nothing that the function sets comes out.
"""

from __future__ import annotations

import contextvars
import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Final, ParamSpec, TypeVar, cast, final

from drawloom.context.action import GroupData, RawDataPath
from drawloom.context.state import AmbientState, activate, current, restore
from literals import DrawloomError

P = ParamSpec("P")
R = TypeVar("R")


class RawDataPathError(DrawloomError, ValueError):
    """Raw data has no place: neither the task nor the context names one."""


@dataclass(frozen=True, kw_only=True)
class ContextData:
    """What a Context holds; None means not set.

    Attributes:
        group_data: the innermost `group` block.
        task_context: the running action's `TaskContext`.
        raw_data_path: prefix for raw data when the task names none.
        metadata: pairs of strings that go with requests.
        preserve_original_types: keep native data frames when outputs are decoded.
        tracker: who mirrors the run to somewhere else.
        in_trace: inside a function marked `@trace`.
    """

    group_data: GroupData | None = None
    task_context: Any = None
    raw_data_path: RawDataPath | None = None
    metadata: tuple[tuple[str, str], ...] | None = None
    preserve_original_types: bool = False
    tracker: Any = None
    in_trace: bool = False

    def replace(self, **kwargs: Any) -> ContextData:
        """A copy with the given members changed."""
        return replace(self, **kwargs)


@final
class Context:
    """A set of ambient values that a `with` block makes active."""

    def __init__(self, data: ContextData) -> None:
        if data is None:  # pyright: ignore[reportUnnecessaryComparison] - unchecked callers pass None
            raise ValueError("a Context needs ContextData, got None")
        self._data = data
        self._id = id(self)
        self._tokens: list[contextvars.Token[AmbientState]] = []

    @property
    def data(self) -> ContextData:
        """The values."""
        return self._data

    @property
    def id(self) -> int:
        """A number that no other live Context has."""
        return self._id

    @property
    def raw_data(self) -> RawDataPath:
        """The prefix for raw data: the task's own wins over the context's.

        Raises:
            RawDataPathError: neither is set (also a ValueError).
        """
        if self.data.task_context is not None and self.data.task_context.raw_data_path:
            return self.data.task_context.raw_data_path
        if self.data.raw_data_path:
            return self.data.raw_data_path
        raise RawDataPathError(
            "Raw data path has not been set in the context.",
            expected="a raw_data_path",
            got="none",
            fix="pass raw_data_path to the run",
        )

    @property
    def has_raw_data(self) -> bool:
        """Whether `raw_data` has an answer."""
        task = self.data.task_context
        return bool((task is not None and task.raw_data_path) or self.data.raw_data_path)

    def replace_task_context(self, tctx: object) -> Context:
        """A Context with another task context."""
        return Context(self.data.replace(task_context=tctx))

    def new_raw_data_path(self, raw_data_path: RawDataPath) -> Context:
        """A Context with another prefix for raw data."""
        return Context(self.data.replace(raw_data_path=raw_data_path))

    def new_metadata(self, metadata: tuple[tuple[str, str], ...]) -> Context:
        """A Context with other request metadata."""
        return Context(self.data.replace(metadata=metadata))

    def new_preserve_original_types(self, preserve: bool) -> Context:  # noqa: FBT001 - flyte's and flytekit's signature
        """A Context that keeps native data frames, or not."""
        return Context(self.data.replace(preserve_original_types=preserve))

    def new_in_driver_literal_conversion(self, converting: bool) -> Context:  # noqa: FBT001 - flyte's and flytekit's signature
        """A Context in which arguments for a sub-task are being converted.

        Raises:
            ValueError: there is no task whose arguments could be converted.
        """
        if self.data.task_context is None:
            raise ValueError("literal conversion for a sub-task needs a running task")
        task = self.data.task_context.replace(in_driver_literal_conversion=converting)
        return Context(self.data.replace(task_context=task))

    def get_report(self) -> Any:
        """The running action's report; None outside a task."""
        return self.data.task_context.report if self.data.task_context is not None else None

    def is_task_context(self) -> bool:
        """Whether a task is running."""
        return self.data.task_context is not None

    def is_in_trace(self) -> bool:
        """Whether a function marked `@trace` is running."""
        return self.data.in_trace

    def __enter__(self) -> Context:
        self._tokens.append(activate(_record(self._data, current())))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        restore(self._tokens.pop())

    async def __aenter__(self) -> Context:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, trace)

    def __repr__(self) -> str:
        return f"Context({self._data!r})"


class RootContextVar:
    """`root_context_var`: reads and writes the one record in the manner of a ContextVar of Contexts."""

    name: Final = "root"

    def get(self) -> Context:
        """The active Context."""
        return internal_ctx()

    def set(self, value: Context) -> contextvars.Token[AmbientState]:
        """Make `value` active; give the token for `reset`."""
        return activate(_record(value.data, current()))

    def reset(self, token: contextvars.Token[AmbientState]) -> None:
        """Go back to what was active before the `set` that gave `token`."""
        restore(token)


root_context_var: Final = RootContextVar()


def internal_ctx() -> Context:
    """The active Context."""
    state = current()
    return Context(
        ContextData(
            group_data=GroupData(state.group) if state.group else None,
            task_context=state.task,
            raw_data_path=state.raw_data_path,
            metadata=state.metadata,
            preserve_original_types=state.preserve_original_types,
            tracker=state.tracker,
            in_trace=state.in_trace,
        )
    )


def _record(data: ContextData, state: AmbientState) -> AmbientState:
    task = data.task_context
    return state.changed(
        group=data.group_data.name if data.group_data is not None else None,
        task=task,
        custom_context=task.custom_context if task is not None else state.custom_context,
        raw_data_path=data.raw_data_path,
        metadata=data.metadata,
        preserve_original_types=data.preserve_original_types,
        tracker=data.tracker,
        in_trace=data.in_trace,
    )


def contextual_run(
    func: Callable[P, Awaitable[R]] | Callable[P, R], *args: P.args, **kwargs: P.kwargs
) -> R | Awaitable[R]:
    """Run `func` with a copy of the ambient state: what it sets stays inside.

    A coroutine function gives an awaitable whose body runs in that copy from its first step to its last.
    """
    copy = contextvars.copy_context()
    result = copy.run(func, *args, **kwargs)
    if inspect.isawaitable(result):
        return cast("Awaitable[R]", _InContext(result, copy))
    return cast("R", result)


class _InContext:
    """Drives an awaitable's every step inside one context (`create_task(context=...)` needs Python 3.11)."""

    def __init__(self, awaitable: Awaitable[Any], context: contextvars.Context) -> None:
        self._awaitable = awaitable
        self._run = context.run
        self._steps: Any = None

    def __await__(self) -> _InContext:
        self._begin()
        return self

    def _begin(self) -> Any:
        # A loop takes whatever can be sent to for a coroutine, and sends without awaiting first.
        if self._steps is None:
            self._steps = self._run(self._awaitable.__await__)
        return self._steps

    def __iter__(self) -> _InContext:
        return self

    def __next__(self) -> Any:
        return self._run(next, self._begin())

    def send(self, value: Any) -> Any:
        """Resume with a value."""
        return self._run(self._begin().send, value)

    def throw(self, *error: object) -> Any:
        """Resume with an error."""
        return self._run(self._begin().throw, *error)

    def close(self) -> None:
        """Give up."""
        self._run(self._begin().close)
