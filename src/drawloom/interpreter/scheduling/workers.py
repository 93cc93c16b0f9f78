"""Threads that run attempts, and the private loop for async tasks.

`Workers` belongs to one run: daemon threads, started when work waits and none is idle, never more than its width. `AsyncRunner` is one event loop on one daemon thread for the whole
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
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeVar, final

from drawloom.interpreter.errors import TaskTimeoutError
from drawloom.interpreter.tasks.outcome import Pending
from literals import CallResult, attempt

T = TypeVar("T")
_ASYNC_THREAD = "drawloom-async"
_TIDYING_SECONDS = 0.25
_TIDYING_STEP = 0.005

Work = Callable[[], None]
_COME, _END = True, False


@final
class Workers:
    """Daemon threads that take work from one queue by themselves, for one run.

    Nobody hands a piece of work to a thread: a thread that is free takes the next one, so tiny pieces cost no wake-up
    each. At most one thread is on its way (woken or started) at a time; it sees to the next one before it begins to work,
    so pieces that block spread over all threads at once. `width` counts busy threads, and places that are held for work
    that goes on elsewhere (a coroutine, a timed thread).
    """

    def __init__(self, width: int, name: str = "drawloom") -> None:
        self._width = width
        self._name = name
        self._queue: deque[Work] = deque()
        self._calls: SimpleQueue[bool] = SimpleQueue()
        self._idle = 0
        self._busy = 0
        self._coming = False
        self._members: list[threading.Thread] = []
        self._lock = threading.Lock()

    def submit(self, work: Work) -> None:
        """Run `work` on a thread, now if one is free."""
        self._queue.append(work)
        if not self._coming:
            self._call()

    def hold(self) -> None:
        """Something that no thread of these is busy with takes a place."""
        with self._lock:
            self._busy += 1

    def release(self) -> None:
        """A place that was held is free."""
        with self._lock:
            self._busy -= 1
        self._call()

    def close(self) -> None:
        """Let the threads end, and wait for those that are only tidying up.

        A daemon thread that is still freeing a library's objects when the process ends takes the process down with it. A
        thread that works on for a run that failed is waited for no longer than a moment.
        """
        with self._lock:
            self._queue.clear()
            for _ in self._members:
                self._calls.put(_END)
        left = time.monotonic() + _TIDYING_SECONDS
        while alive := [each for each in self._members if each.is_alive()]:
            if time.monotonic() > left or threading.current_thread() in alive:
                return
            alive[0].join(_TIDYING_STEP)
            self._members = [*alive[1:], alive[0]]

    def _call(self) -> None:
        """Wake or start one more thread, if there is work for it and none is coming already."""
        with self._lock:
            if self._coming or not self._queue or self._busy >= self._width:
                return
            if self._idle:
                self._idle -= 1
                self._coming = True
                self._calls.put(_COME)
                return
            if len(self._members) >= self._width:
                return
            self._coming = True
            thread = threading.Thread(target=self._serve, name=f"{self._name}-{len(self._members) + 1}", daemon=True)
            self._members.append(thread)
        thread.start()

    def _take(self, *, came: bool) -> Work | None:
        """The next piece of work for a thread that has just come, or that has done one; None if it has to wait."""
        with self._lock:
            if came:
                self._coming = False
            else:
                self._busy -= 1
            if not self._queue or self._busy >= self._width:
                self._idle += 1
                return None
            self._busy += 1
            work = self._queue.popleft()
            more = bool(self._queue) and not self._coming and self._busy < self._width
        if more:
            self._call()
        return work

    def _serve(self) -> None:
        work = self._take(came=True)
        while True:
            if work is None:
                if not self._calls.get():
                    return
                work = self._take(came=True)
                continue
            work()
            del work
            work = self._take(came=False)


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
    box: list[CallResult[T]] = []
    thread = threading.Thread(target=lambda: box.append(attempt(context.run, call)), name="drawloom-timed", daemon=True)
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
