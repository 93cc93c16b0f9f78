"""The threads of a run: blocking work is taken by one that is free, or by a new one, and all of them end with the run.

Nobody hands a piece of work to a thread: a thread that is free takes the next one, so tiny pieces cost no wake-up each. At
most one thread is on its way (woken or started) at a time; it sees to the next one before it begins to work, so pieces that
block spread over all threads at once.

Whoever starts work from an event loop first waits for its end for a moment: short work costs the loop no wake-up, which is
dearer than the work.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable
from contextvars import Context, copy_context
from queue import SimpleQueue
from typing import Any, Final, TypeVar, final

from literals import CallResult, attempt_all

T = TypeVar("T")
Work = Callable[[], "Callable[[], None] | None"]
"""Something to do on a thread; it may give what tells of its end, which is called when the thread is free again."""

MAX_THREADS: Final = 10_000
"""Threads where nothing else limits them: reached only by that many blocked tasks at once. More work waits for one of them."""
SHORT: Final = 0.000_1
"""Seconds: work that took no longer the last time is waited for a moment when it is started again."""
MOMENT: Final = 0.001
"""Seconds of that moment: short work and the two handovers. A loop is never held up for longer."""
_TIDYING_SECONDS: Final = 0.25
_TIDYING_STEP: Final = 0.005
_COME, _END = True, False


def everything(work: Callable[[], T]) -> CallResult[T]:
    """What `work` gave. In a thread of its own nothing can pass through: whoever waits for it gets every error."""
    return attempt_all(work)


@final
class Stopwatch:
    """Tells short work from long, also where threads wait for each other's turn at the interpreter."""

    __slots__ = ("_cpu", "_wall")

    def __init__(self) -> None:
        self._wall = time.perf_counter()
        self._cpu = time.thread_time()

    def was_short(self, threads: int) -> bool:
        """Whether the work since the start took next to no time, `threads` being at work; the next work starts now."""
        wall, cpu = time.perf_counter(), time.thread_time()
        took, used = wall - self._wall, cpu - self._cpu
        self._wall, self._cpu = wall, cpu
        return took < SHORT or (used < SHORT and took < 2 * threads * used)


@final
class ThreadCall:
    """Work that was started on a thread. `was_short`: it took next to no time."""

    __slots__ = ("_context", "_done", "_settle", "_turns", "_work", "_workers", "outcome", "was_short")

    def __init__(self, work: Callable[[], Any], workers: Workers) -> None:
        self._work = work
        self._workers = workers
        self._context: Context = copy_context()
        self._done = threading.Lock()
        self._done.acquire()
        # Taken by whichever comes first: the end of the work, or a loop that wants to be told of it.
        self._turns = [True]
        self._settle: Callable[[], None] | None = None
        self.outcome: CallResult[Any] = CallResult(None, None)
        self.was_short = False

    def __call__(self) -> Callable[[], None]:
        """On a thread: do it, and give what tells of the end."""
        watch = Stopwatch()
        self.outcome = everything(lambda: self._context.run(self._work))
        self.was_short = watch.was_short(self._workers.busy())
        return self._end

    def _end(self) -> None:
        try:
            self._turns.pop()
        except IndexError:
            if self._settle is not None:
                self._settle()
        self._done.release()

    def cancel(self) -> None:
        """It will not be done."""
        self.outcome = CallResult(None, concurrent.futures.CancelledError())
        self._end()

    def is_done(self, within: float) -> bool:
        """Whether it ends within this many seconds."""
        if not self._done.acquire(timeout=within):
            return False
        self._done.release()
        return True

    def result(self) -> Any:
        """Wait for what the work gave.

        Raises:
            BaseException: what it raised.
        """
        with self._done:
            return self.outcome.unwrap()

    async def wait(self) -> Any:
        """`result` on an event loop."""
        import asyncio  # noqa: PLC0415 - loaded already: this coroutine runs on a loop

        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()

        def wake() -> None:
            if not future.done():
                future.set_result(None)

        def settle() -> None:
            # The loop may be closed: then whoever waited was cancelled.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(wake)

        self._settle = settle
        try:
            self._turns.pop()
        except IndexError:
            return self.result()
        await future
        return self.outcome.unwrap()


@final
class Workers:
    """Daemon threads of one run, at most `width`, started when work waits and none is free.

    `width` counts busy threads, and slots that are held for work that goes on elsewhere (a coroutine, a timed thread).
    """

    def __init__(self, width: int, name: str = "drawloom") -> None:
        self._width = width
        self._name = name
        self._queue: deque[Work] = deque()
        self._calls: SimpleQueue[bool] = SimpleQueue()
        self._idle = 0
        self._busy = 0
        self._coming = False
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()

    def submit(self, work: Work) -> None:
        """Run `work` on a thread, now if one is free."""
        self._queue.append(work)
        if not self._coming:
            self._call()

    def start(self, work: Callable[[], Any]) -> ThreadCall:
        """Run `work` on a thread, in a copy of this context; gives what can be waited for."""
        started = ThreadCall(work, self)
        self.submit(started)
        return started

    def busy(self) -> int:
        """Threads that are at work, and slots that are held."""
        return self._busy

    def hold(self) -> None:
        """Something that no thread of these is busy with takes a slot."""
        with self._lock:
            self._busy += 1

    def release(self) -> None:
        """A slot that was held is free."""
        with self._lock:
            self._busy -= 1
        self._call()

    def close(self, *, wait: bool = False) -> None:
        """Let the threads end; what has not begun is not done, and its `ThreadCall` is cancelled.

        `wait`: for all that runs. Otherwise only for threads that are tidying up, for a moment: a daemon thread that is
        still freeing a library's objects when the process ends takes the process down with it.
        """
        with self._lock:
            dropped, self._queue = self._queue, deque()
            for _ in self._threads:
                self._calls.put(_END)
        for each in dropped:
            if isinstance(each, ThreadCall):
                each.cancel()
        left = time.monotonic() + _TIDYING_SECONDS
        while alive := [each for each in self._threads if each.is_alive()]:
            if wait:
                alive[0].join()
            elif time.monotonic() > left or threading.current_thread() in alive:
                return
            else:
                alive[0].join(_TIDYING_STEP)
            self._threads = [*alive[1:], alive[0]]

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
            if len(self._threads) >= self._width:
                return
            self._coming = True
            thread = threading.Thread(target=self._serve, name=f"{self._name}-{len(self._threads) + 1}", daemon=True)
            self._threads.append(thread)
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
            tell = work()
            # Free before the end is told: whoever hears of it and has more finds this thread, not a new one.
            work = self._take(came=False)
            if tell is not None:
                tell()
                del tell
