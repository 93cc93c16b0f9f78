"""`map`: one task over many items, results in the order of the items, at most `concurrency` of them at once."""

from __future__ import annotations

import functools
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from concurrent.futures import Future
from typing import Any, Generic, TypeVar, cast, final

from drawloom.actions.action import Call, prepare
from drawloom.actions.attempts import run_async, run_sync
from drawloom.actions.environment import EnvTask, is_action_task
from drawloom.actions.trace import group
from drawloom.context import current
from drawloom.interpreter import MOMENT, Stopwatch, ThreadCall, Workers, everything
from literals import CallResult, DrawloomError, attempt, attempt_async, preview

R = TypeVar("R")

STRETCH = 0.001
"""Seconds of short calls that one thread makes in a row."""
AT_ONCE = 32
"""Sync tasks at once where no concurrency is given."""


class MapError(DrawloomError, TypeError, ValueError):
    """`map` cannot be called this way."""


@final
class Map(Generic[R]):
    """`map(task, items, ...)` gives results as they are due; `map.aio(...)` is its async form.

    Args:
        func: a task, or a `functools.partial` of one that leaves exactly one parameter open.
        args: iterables, zipped; the shortest decides.
        group_name: name of the group that the calls are in; `map` if not given.
        concurrency: how many at once; 0 means no limit for async tasks, 32 for sync ones.
        return_exceptions: give an item's error in its place; if False, the first one is raised and the rest stopped.

    Raises:
        MapError: not a task, or a partial that leaves no or several parameters open (also a TypeError).
    """

    def __call__(
        self,
        func: EnvTask[..., R] | functools.partial[R],
        *args: Iterable[Any],
        group_name: str | None = None,
        concurrency: int = 0,
        return_exceptions: bool = True,
    ) -> Iterator[R | Exception]:
        """Blocking: for sync tasks and plain code."""
        task, bind = _opened(func, concurrency)
        name = f"{task.short_name}_{group_name or 'map'}"
        if current().run is None:
            return _plain(task, bind, args, return_exceptions=return_exceptions)
        if task.is_async:
            return _on_a_loop(task, bind, args, name, concurrency, return_exceptions=return_exceptions)
        return _on_threads(task, bind, args, name, concurrency or AT_ONCE, return_exceptions=return_exceptions)

    async def aio(
        self,
        func: EnvTask[..., R] | functools.partial[R],
        *args: Iterable[Any],
        group_name: str | None = None,
        concurrency: int = 0,
        return_exceptions: bool = True,
    ) -> AsyncIterator[R | Exception]:
        """For async tasks: `async for result in map.aio(task, items):`."""
        import asyncio  # noqa: PLC0415 - loaded already: this coroutine runs on a loop

        task, bind = _opened(func, concurrency)
        gate = asyncio.Semaphore(concurrency) if concurrency else None

        async def one(item: tuple[Any, ...]) -> Any:
            if gate is None:
                return await task.aio(*bind(item)[0], **bind(item)[1])
            async with gate:
                return await task.aio(*bind(item)[0], **bind(item)[1])

        with group(f"{task.short_name}_{group_name or 'map'}"):
            pending = [asyncio.ensure_future(one(item)) for item in zip(*args)]  # noqa: B905 - the shortest decides
        try:
            for each in pending:
                await asyncio.wait({each})
                error = each.exception()
                if error is not None and not (return_exceptions and isinstance(error, Exception)):
                    raise error
                yield error if error is not None else each.result()  # type: ignore[misc]
        finally:
            for each in pending:
                each.cancel()
            await asyncio.gather(*pending, return_exceptions=True)


Bind = Callable[[tuple[Any, ...]], "tuple[tuple[Any, ...], dict[str, Any]]"]


def _no_task(func: object) -> MapError:
    return MapError(
        "map takes a task of an environment, or a partial of one",
        where="map",
        expected="a task of an environment",
        got=preview(func),
        fix="decorate the function with @env.task",
    )


def _opened(func: object, concurrency: int) -> tuple[EnvTask[..., Any], Bind]:
    if isinstance(concurrency, bool) or not isinstance(concurrency, int) or concurrency < 0:  # pyright: ignore[reportUnnecessaryIsInstance] - callers
        raise MapError(
            "concurrency is a number from 0",
            where="map",
            expected="an int >= 0",
            got=preview(concurrency),
            fix="write how many items may run at once; 0 sets no bound",
        )
    if isinstance(func, functools.partial):
        partial = cast("functools.partial[Any]", func)
        task = partial.func
        if not is_action_task(task):
            raise _no_task(partial)
        names = list(task.python_interface.inputs)
        bound = dict(zip(names, partial.args, strict=False)) | partial.keywords
        left = [name for name in names if name not in bound]
        if len(left) != 1:
            raise MapError(
                "a mapped partial leaves exactly one parameter open",
                where=task.name,
                expected="one open parameter",
                got=f"open: {', '.join(left) or 'none'}",
                fix="bind all parameters but one",
            )
        return task, lambda item: ((), {**bound, left[0]: item[0]})
    if not is_action_task(func):
        raise _no_task(func)
    return func, lambda item: (item, {})


def _plain(
    task: EnvTask[..., Any], bind: Bind, args: tuple[Iterable[Any], ...], *, return_exceptions: bool
) -> Iterator[Any]:
    """Outside any run: the plain function, item by item."""
    for item in zip(*args):  # noqa: B905 - the shortest decides
        positional, named = bind(item)
        outcome = attempt(_forward, task, positional, named)
        if outcome.error is None:
            yield outcome.value
        elif return_exceptions and isinstance(outcome.error, Exception):
            yield outcome.error
        else:
            raise outcome.error


def _forward(task: EnvTask[..., Any], positional: tuple[Any, ...], named: dict[str, Any]) -> Any:
    result = task.forward(*positional, **named)
    if not task.is_async:
        return result
    import asyncio  # noqa: PLC0415 - costs more than all of drawloom, and only async tasks need it

    return asyncio.run(result)


def _calls(
    task: EnvTask[..., Any], bind: Bind, args: tuple[Iterable[Any], ...], name: str
) -> Iterator[Call | Exception]:
    """Prepared calls in the group; a bad argument is that item's error."""
    caller = grouped = current()
    for item in zip(*args):  # noqa: B905 - the shortest decides
        positional, named = bind(item)
        if grouped is caller or current() is not caller:
            caller = current()
            grouped = caller.changed(group=name)
        try:
            call: Call | Exception = prepare(task, positional, named, grouped)
        except DrawloomError as error:
            call = error
        yield call


def _on_threads(
    task: EnvTask[..., Any],
    bind: Bind,
    args: tuple[Iterable[Any], ...],
    name: str,
    width: int,
    *,
    return_exceptions: bool,
) -> Iterator[Any]:
    """Blocking calls: at most `width` items are taken and not given yet. The items are taken on the caller's thread."""
    workers = current().run.run.workers()
    calls = _calls(task, bind, args, name)
    work = _Work()
    running: deque[ThreadCall] = deque()
    taken = given = 0
    is_exhausted = False
    while True:
        while not is_exhausted and taken - given < width:
            call = next(calls, None)
            if call is None:
                is_exhausted = True
            else:
                work.waiting.append((taken, call))
                taken += 1
        if given == taken:
            return
        _start(task, work, workers, running)
        while given not in work.ended:
            running.popleft().result()
        while given in work.ended:
            outcome = work.ended.pop(given)
            given += 1
            yield _given(outcome, return_exceptions=return_exceptions)
            if not task.is_short:
                break


def _start(task: EnvTask[..., Any], work: _Work, workers: Workers, running: deque[ThreadCall]) -> None:
    """Have somebody at work on what waits."""
    while running and running[0].is_done(0):
        running.popleft()
    # Each stretch takes at least one call, so these are enough for all.
    for _ in range(len(work.waiting)):
        if not work.waiting:
            return
        started = workers.start(_Stretch(task, work, workers).go)
        running.append(started)
        # Short calls are not spread over threads: one does them faster than two can be told of them.
        if task.is_short and not started.is_done(STRETCH + MOMENT):
            task.is_short = False


def _given(outcome: CallResult[Any], *, return_exceptions: bool) -> Any:
    error = outcome.error
    if error is None:
        return outcome.value
    if return_exceptions and isinstance(error, Exception):
        return error
    raise error


@final
class _Work:
    """Numbered calls that several threads take from, and what came of them."""

    def __init__(self) -> None:
        self.waiting: deque[tuple[int, Call | Exception]] = deque()
        self.ended: dict[int, CallResult[Any]] = {}


@final
class _Stretch:
    """Some calls in a row on one thread: several short ones, or one that takes its time."""

    def __init__(self, task: EnvTask[..., Any], work: _Work, workers: Workers) -> None:
        self._task = task
        self._work = work
        self._workers = workers

    def go(self) -> None:
        """Make calls until one was long, or all of them were."""
        end = time.perf_counter() + STRETCH
        watch = Stopwatch()
        is_short = True
        while is_short and time.perf_counter() < end:
            try:
                number, call = self._work.waiting.popleft()
            except IndexError:
                return
            self._work.ended[number] = (
                CallResult(None, call) if isinstance(call, Exception) else everything(functools.partial(run_sync, call))
            )
            self._task.is_short = is_short = watch.was_short(self._workers.busy())


def _on_a_loop(
    task: EnvTask[..., Any],
    bind: Bind,
    args: tuple[Iterable[Any], ...],
    name: str,
    width: int,
    *,
    return_exceptions: bool,
) -> Iterator[Any]:
    """Async tasks from blocking code: one loop for all items, on a thread of the run."""
    import asyncio  # noqa: PLC0415 - costs more than all of drawloom, and only async tasks need it

    calls = list(_calls(task, bind, args, name))
    results: list[Future[Any]] = [Future() for _ in calls]
    stopped = threading.Event()

    async def drive() -> None:
        gate = asyncio.Semaphore(width) if width else None

        async def one(call: Call | Exception, future: Future[Any]) -> None:
            if isinstance(call, Exception):
                future.set_exception(call)
                return
            if gate is not None:
                await gate.acquire()
            try:
                if stopped.is_set():
                    future.cancel()
                    return
                outcome = await attempt_async(run_async(call))
            finally:
                if gate is not None:
                    gate.release()
            if outcome.error is None:
                future.set_result(outcome.value)
            else:
                future.set_exception(outcome.error)

        await asyncio.gather(*(one(call, future) for call, future in zip(calls, results, strict=True)))

    done = current().run.run.workers().start(lambda: asyncio.run(drive()))
    try:
        for future in results:
            outcome: CallResult[Any] = (
                CallResult(None, future.exception()) if future.exception() else CallResult(future.result(), None)
            )
            yield _given(outcome, return_exceptions=return_exceptions)
    finally:
        stopped.set()
        done.result()


map: Map[Any] = Map()  # noqa: A001 - Flyte 2's name
