"""`group` and `trace`: name a stretch of calls, and record a plain function as a step of the running task."""

from __future__ import annotations

import functools
import inspect
import sys
import time
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import TracebackType
from typing import Any, ParamSpec, TypeVar, cast, final

from context import GroupData, State, activate, current, restore, using
from typeengine import default_engine
from weft._hashing import joined
from weft._record import ActionRecord

P = ParamSpec("P")
R = TypeVar("R")


@final
class group:  # noqa: N801 - reads as a statement: `with group("train"):`
    """`with group(name):` names the calls made in the block; the name is part of their actions' names.

    Inner groups replace outer ones. Outside a task nothing happens.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._open: list[using | None] = []

    def __enter__(self) -> group:
        task = current().task
        scope = None if task is None else using(group=self.name, task=replace(task, group_data=GroupData(self.name)))
        if scope is not None:
            scope.__enter__()
        self._open.append(scope)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        scope = self._open.pop()
        if scope is not None:
            scope.__exit__(kind, error, trace)


def trace(func: Callable[P, R]) -> Callable[P, R]:
    """Record each call of a function inside a task: its own action, inputs, outcome and duration. Elsewhere a plain call.

    Works on functions, coroutine functions, generators and async generators. A traced function cannot call tasks.
    """
    if inspect.isasyncgenfunction(func):

        @functools.wraps(func)
        async def async_generator(*args: Any, **kwargs: Any) -> AsyncIterator[Any]:
            with _traced(func, args, kwargs) as state:
                source = func(*args, **kwargs)
            async for item in _stepwise_async(cast("Any", source), state):
                yield item

        return cast("Callable[P, R]", async_generator)
    if inspect.iscoroutinefunction(func):

        @functools.wraps(func)
        async def coroutine(*args: Any, **kwargs: Any) -> Any:
            with _traced(func, args, kwargs):
                return await cast("Any", func(*args, **kwargs))

        return cast("Callable[P, R]", coroutine)
    if inspect.isgeneratorfunction(func):

        @functools.wraps(func)
        def generator(*args: Any, **kwargs: Any) -> Iterator[Any]:
            with _traced(func, args, kwargs) as state:
                source = func(*args, **kwargs)
            yield from _stepwise(cast("Any", source), state)

        return cast("Callable[P, R]", generator)

    @functools.wraps(func)
    def plain(*args: Any, **kwargs: Any) -> Any:
        with _traced(func, args, kwargs):
            return func(*args, **kwargs)

    return cast("Callable[P, R]", plain)


def _stepwise(source: Iterator[Any], state: State | None) -> Iterator[Any]:
    """Each step of a generator under the trace; what is between the steps belongs to the caller."""
    while True:
        token = activate(state) if state is not None else None
        try:
            item = next(source)
        except StopIteration:
            return
        finally:
            if token is not None:
                restore(token)
        yield item


async def _stepwise_async(source: AsyncIterator[Any], state: State | None) -> AsyncIterator[Any]:
    while True:
        token = activate(state) if state is not None else None
        try:
            item = await source.__anext__()
        except StopAsyncIteration:
            return
        finally:
            if token is not None:
                restore(token)
        yield item


@contextmanager
def _traced(
    func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Generator[State | None, None, None]:
    state = current()
    if state.task is None or state.run is None:
        yield None
        return
    name = getattr(func, "__qualname__", type(func).__name__).rpartition(".")[2]
    identity = state.run.child(name, joined(_literals(func, args, kwargs))[0], state.group)
    task = state.task.replace(action=identity, task_action=state.task.task_action)
    inside = state.changed(in_trace=True, task=task)
    started = time.monotonic()
    token = activate(inside)
    try:
        yield inside
    finally:
        error = sys.exc_info()[1]
        restore(token)
        state.run.run.record.add(
            ActionRecord(
                id=identity,
                task=name,
                code=None,
                inputs="",
                parent=state.task.action,
                group=state.group,
                phase="succeeded" if error is None else "failed",
                seconds=time.monotonic() - started,
                attempts=1,
                failures=(),
                cached=False,
                error=f"{type(error).__name__}: {error}" if error is not None else None,
                outputs=None,
            )
        )


def _literals(func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, bytes]:
    """Arguments with a type as literals; the others do not count towards the action's name."""
    bare = inspect.unwrap(func)
    hints = inspect.get_annotations(bare)
    bound = inspect.signature(bare).bind(*args, **kwargs).arguments
    known = {name: value for name, value in bound.items() if not isinstance(hints.get(name, ""), str)}
    return {name: default_engine().codec(hints[name]).encode(value) for name, value in known.items()}
