"""The private event loop for async tasks.

One loop on one daemon thread for the whole process, started by the first async task; no loop of the caller's is touched. A
run that is started on that very thread (blocking code inside an async task) gets a loop of its own, so it cannot wait for
itself.
"""

from __future__ import annotations

import importlib
import os
import threading
from collections.abc import Callable
from typing import Any, final

from drawloom.interpreter.tasks.outcome import Pending

_ASYNC_THREAD = "drawloom-async"


@final
class AsyncRunner:
    """An event loop on a daemon thread."""

    def __init__(self) -> None:
        self._asyncio: Any = importlib.import_module("asyncio")  # heavy, and most programs have no async task
        self.loop: Any = self._asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._serve, name=_ASYNC_THREAD, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        self._asyncio.set_event_loop(self.loop)
        self.loop.run_forever()
        self.loop.close()

    def start(self, pending: Pending, done: Callable[[Any], None]) -> Callable[[], None]:
        """Run the coroutine; `done(task)` is called on the loop's thread. Gives the function that cancels it."""
        box: list[Any] = []

        def begin() -> None:
            task = self.loop.create_task(pending.coroutine)
            box.append(task)
            task.add_done_callback(done)

        self.loop.call_soon_threadsafe(begin, context=pending.context)
        return lambda: self.loop.call_soon_threadsafe(lambda: [task.cancel() for task in box])

    def stop(self) -> None:
        """End the loop; only for the loops that belong to one run."""
        self.loop.call_soon_threadsafe(self.loop.stop)


_shared: dict[int, AsyncRunner] = {}
_shared_lock = threading.Lock()


def on_async_thread() -> bool:
    """Whether this thread runs an event loop of ours, so that waiting here for that loop would never end."""
    return threading.current_thread().name == _ASYNC_THREAD


def shared_async_runner() -> AsyncRunner:
    """The process's runner. A forked child has no thread of its parent's and makes its own."""
    with _shared_lock:
        if os.getpid() not in _shared:
            _shared.clear()
            _shared[os.getpid()] = AsyncRunner()
        return _shared[os.getpid()]
