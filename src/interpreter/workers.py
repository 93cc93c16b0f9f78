"""Threads that run attempts, and the private loop for async tasks.

`Workers` belongs to one run: daemon threads, started when work waits and none is idle, never more than its width; a thread
whose task overran its timeout is given up and replaced. `AsyncRunner` is one event loop on one daemon thread for the whole
process, started by the first async task; no loop of the caller's is touched. A run that is started on that very thread
(blocking code inside an async task) gets a loop of its own, so it cannot wait for itself.
"""

from __future__ import annotations

import contextvars
import ctypes
import importlib
import os
import threading
import time
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeVar, final

from interpreter.errors import TaskTimeoutError
from interpreter.executor import Pending
from literals import Outcome, attempt

T = TypeVar("T")
_ASYNC_THREAD = "weft-async"
_TIDYING_SECONDS = 0.25
_TIDYING_STEP = 0.005

Work = Callable[[], None]


@final
class Workers:
    """A pool of daemon threads for one run. `submit` and `close` are called from the run's thread only."""

    def __init__(self, width: int, name: str = "weft") -> None:
        self._width = width
        self._name = name
        self._queue: SimpleQueue[Work | None] = SimpleQueue()
        self._threads = 0
        self._busy = 0
        self._given_up = 0
        self._members: list[threading.Thread] = []
        self._lock = threading.Lock()

    def submit(self, work: Work) -> None:
        """Run `work` on a thread, now if one is free."""
        with self._lock:
            self._busy += 1
            if self._busy > self._threads and self._threads < self._width:
                self._threads += 1
                thread = threading.Thread(target=self._serve, name=f"{self._name}-{self._threads}", daemon=True)
                self._members.append(thread)
                thread.start()
        self._queue.put(work)

    def give_up(self) -> None:
        """One thread will not come back: let another take its place."""
        with self._lock:
            self._width += 1
            self._given_up += 1

    def close(self) -> None:
        """Let the threads end when they have nothing left to do, and wait for those that are only tidying up.

        A daemon thread that is still freeing a library's objects when the process ends takes the process down with it. A
        thread that was given up, or that works on for a run that failed, is waited for no longer than a moment.
        """
        with self._lock:
            for _ in range(self._threads):
                self._queue.put(None)
        left = time.monotonic() + _TIDYING_SECONDS
        while len(alive := [each for each in self._members if each.is_alive()]) > self._given_up:
            if time.monotonic() > left or threading.current_thread() in alive:
                return
            alive[0].join(_TIDYING_STEP)
            self._members = [*alive[1:], alive[0]]

    def _serve(self) -> None:
        while True:
            work = self._queue.get()
            if work is None:
                return
            work()
            del work
            with self._lock:
                self._busy -= 1


def interrupt(thread_id: int, error: type[BaseException]) -> None:
    """Raise `error` in another thread at its next Python instruction. Code inside C (a sleep, a lock) notices when it returns."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread_id), ctypes.py_object(error))


class OverrunError(BaseException):
    """Raised inside a thread whose call overran its time; nobody waits for it any more."""


def call_with_timeout(call: Callable[[], T], seconds: float, what: str) -> T:
    """Call user code on a thread of its own and wait so long. When it overruns, the thread is interrupted and given up.

    Raises:
        TaskTimeoutError: it did not end in time.
        BaseException: what the call raised.
    """
    context = contextvars.copy_context()
    box: list[Outcome[T]] = []
    thread = threading.Thread(target=lambda: box.append(attempt(context.run, call)), name="weft-timed", daemon=True)
    thread.start()
    thread.join(seconds)
    if box:
        return box[0].unwrap()
    if thread.ident is not None:
        interrupt(thread.ident, OverrunError)
    raise overran(what, seconds)


def overran(what: str, seconds: float) -> TaskTimeoutError:
    """The error of a call that did not end in time."""
    return TaskTimeoutError(
        f"the task did not end within {seconds:g} s", where=what, fix="raise its timeout, or make it faster"
    )


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
