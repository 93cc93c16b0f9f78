"""Work in a thread of its own, awaited from an event loop. The thread ends with the work; nothing is pooled or left behind."""

from __future__ import annotations

import contextvars
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import Any

from drawloom.interpreter import everything, on_async_thread
from literals import CallResult, shown

__tracebackhide__ = True  # pytest leaves out the frames of this module


def loop_runs_here() -> bool:
    """Whether an event loop is running on this thread. Does not load asyncio."""
    if "asyncio" not in sys.modules:
        return False
    import asyncio  # noqa: PLC0415 - it is loaded; where another thread is at that, this waits for it

    running = getattr(asyncio, "_get_running_loop", None)  # asyncio's own way to ask without raising
    return running is not None and running() is not None


def blocking_thread(work: Callable[[], Any]) -> Any:
    """`work` in a thread of its own, waited for; the thread has a copy of this context."""
    context = contextvars.copy_context()
    done: list[CallResult[Any]] = []
    # It stands for the thread that waits: where that one runs the shared event loop, work here must not wait for that loop.
    name = threading.current_thread().name if on_async_thread() else "drawloom-run"
    thread = threading.Thread(target=lambda: done.append(everything(lambda: context.run(work))), name=name)
    thread.start()
    thread.join()
    return done[0].unwrap()


def in_thread(work: Callable[[], Any]) -> Awaitable[Any]:
    """`work` in a thread of its own, as an awaitable; the thread has a copy of this context and ends with the work."""
    context = contextvars.copy_context()

    async def wait() -> Any:
        import asyncio  # noqa: PLC0415 - costs more than all of drawloom, and only awaited calls need it

        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()

        def settle(result: Any, error: BaseException | None) -> None:
            if future.cancelled():
                return
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(shown(error))

        def body() -> None:
            outcome = everything(lambda: context.run(work))
            loop.call_soon_threadsafe(settle, outcome.value, outcome.error)

        thread = threading.Thread(target=body, name="drawloom-call", daemon=True)
        thread.start()
        try:
            return await future
        finally:
            if future.done() and not future.cancelled():
                thread.join()

    return wait()
