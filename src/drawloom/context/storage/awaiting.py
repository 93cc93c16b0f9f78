"""Blocking work of storage in threads: for coroutines, so that the event loop goes on, and several copies side by side.

asyncio is not loaded here: whoever awaits has loaded it, and nobody else needs it.
"""

from __future__ import annotations

import contextvars
import importlib
import threading
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any, TypeVar

from literals import CallResult, attempt

T = TypeVar("T")
TOGETHER = 64
"""Copies on their way at a time in one process; further ones wait."""
_places = threading.BoundedSemaphore(TOGETHER)


async def run_in_thread(call: Callable[..., T], *args: Any, **options: object) -> T:
    """What `call` gives, made in a thread that ends with it. Used for copies, which take longer than a thread's start.

    Raises:
        BaseException: whatever the call raises.
    """
    loop = importlib.import_module("asyncio").get_running_loop()
    future: Any = loop.create_future()
    ambient = contextvars.copy_context()

    def settle(outcome: CallResult[T]) -> None:
        if future.done():
            return
        if outcome.error is not None:
            future.set_exception(outcome.error)
        else:
            future.set_result(outcome.value)

    def work() -> None:
        with _places:
            outcome = attempt(ambient.run, call, *args, **options)
        attempt(loop.call_soon_threadsafe, settle, outcome)  # a loop that was closed meanwhile wants nothing any more

    threading.Thread(target=work, name="drawloom-copy", daemon=True).start()
    return await future


def side_by_side(calls: Iterable[Callable[[], T]], together: int | None = None) -> list[T]:
    """What the calls give, in their order; up to `together` of them (64 if it is not said) are made at the same time.

    Raises:
        BaseException: what the first call that failed raised; then no call is going on, and further ones were not begun.
    """
    futures = importlib.import_module("concurrent.futures")
    with futures.ThreadPoolExecutor(together or TOGETHER, thread_name_prefix="drawloom-copy") as pool:
        made = [pool.submit(contextvars.copy_context().run, call) for call in calls]
        try:
            return [one.result() for one in made]
        finally:
            for one in made:
                one.cancel()


class AsyncStream:
    """An open file whose methods may be awaited, and whose lines come by `async for`. The event loop goes on meanwhile."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    async def _done(self, call: Callable[..., Any], *args: Any) -> Any:
        return await importlib.import_module("asyncio").to_thread(call, *args)

    async def read(self, size: int = -1) -> Any:
        """Up to `size` bytes or characters; all that is left by default."""
        return await self._done(self._stream.read, size)

    async def readline(self, size: int = -1) -> Any:
        """One line."""
        return await self._done(self._stream.readline, size)

    async def readlines(self, hint: int = -1) -> list[Any]:
        """All lines that are left."""
        return await self._done(self._stream.readlines, hint)

    async def write(self, data: str | bytes) -> int:
        """Write, and give how much."""
        return await self._done(self._stream.write, data)

    async def writelines(self, lines: Iterable[Any]) -> None:
        """Write several."""
        await self._done(lambda: [self._stream.write(line) for line in lines])

    async def seek(self, offset: int, whence: int = 0) -> int:
        """Move, and give the new position."""
        return await self._done(self._stream.seek, offset, whence)

    async def tell(self) -> int:
        """The position."""
        return await self._done(self._stream.tell)

    async def flush(self) -> None:
        """Hand what was written to the storage."""
        await self._done(self._stream.flush)

    async def close(self) -> None:
        """Close the file."""
        await self._done(self._stream.close)

    async def __aenter__(self) -> AsyncStream:  # noqa: PYI034 - Self is not in Python 3.10's typing
        return self

    async def __aexit__(self, *failure: object) -> None:
        await self._done(self._stream.__exit__, *failure)

    def __aiter__(self) -> AsyncIterator[Any]:
        return self._lines()

    async def _lines(self) -> AsyncIterator[Any]:
        while line := await self.readline():
            yield line
