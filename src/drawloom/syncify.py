"""`@syncify`: an async function that may be called without await, with its awaitable form as `aio`."""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, ParamSpec, TypeVar, cast

from drawloom.local.sync_async import SyncAsync
from drawloom.local.threads import blocking_thread
from literals import DrawloomError, preview

P = ParamSpec("P")
R = TypeVar("R")


class Syncify:
    """Makes the pairs. A blocking call runs the coroutine on a loop of its own, in a thread that ends with the call."""

    def __init__(self, name: str = "syncify") -> None:
        self.name = name

    def __call__(self, fn: Callable[P, Awaitable[R]]) -> SyncAsync[P, R]:
        """The pair of an async function, of an async generator function, or of a method.

        Raises:
            DrawloomError: not an async function.
        """
        inner: Any = cast("Any", fn).__func__ if isinstance(fn, (classmethod, staticmethod)) else fn
        if inspect.isasyncgenfunction(inner):
            return SyncAsync(functools.partial(_steps, inner), inner)  # type: ignore[return-value] - a pair of iterators
        if not inspect.iscoroutinefunction(inner):
            raise DrawloomError(
                "only an async function has a blocking form to be made",
                where="syncify",
                expected="an async function, or a class with some",
                got=preview(cast("Any", fn)),
                fix="write `async def`, or leave @syncify out",
            )

        def blocking(*args: P.args, **kwargs: P.kwargs) -> R:
            import asyncio  # noqa: PLC0415 - costs more than all of drawloom, and only such a call needs it

            async def once() -> R:
                return await inner(*args, **kwargs)

            return blocking_thread(lambda: asyncio.run(once()))

        return SyncAsync(blocking, inner)


def _steps(inner: Callable[..., AsyncIterator[Any]], *args: Any, **kwargs: Any) -> Iterator[Any]:
    """An async generator's items, each waited for on the one loop of this call."""
    import asyncio  # noqa: PLC0415 - costs more than all of drawloom, and only such a call needs it

    loop = asyncio.new_event_loop()
    source = inner(*args, **kwargs)

    async def step() -> list[Any]:
        try:
            return [await source.__anext__()]
        except StopAsyncIteration:
            return []

    try:
        while item := blocking_thread(lambda: loop.run_until_complete(step())):
            yield item[0]
    finally:
        blocking_thread(lambda: loop.run_until_complete(loop.shutdown_asyncgens()))
        loop.close()


syncify = Syncify()

__all__ = ["Syncify", "syncify"]
