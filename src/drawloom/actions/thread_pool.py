"""Threads of a run: blocking work is handed to one that is idle, or to a new one. All of them end with the run.

A thread that is done waits for more, so that a call costs two handovers and no new thread. Whoever hands work over from an
event loop first waits for the outcome for a moment: short work costs the loop no wake-up, which is dearer than the work.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError
from contextvars import Context, copy_context
from typing import Any, Final, final

from drawloom.local.threads import everything
from literals import CallResult

MAX_THREADS: Final = 10_000
"""Threads of one run; reached only by that many blocked sync tasks at once. More work waits for one of them."""
SHORT: Final = 0.000_1
"""Seconds: work that took no longer the last time is waited for a moment when it is handed over again."""
MOMENT: Final = 0.001
"""Seconds of that moment: short work and the two handovers. A loop is never held up for longer."""


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
class Job:
    """Work on its way through a thread. `was_short`: it took next to no time."""

    __slots__ = ("_context", "_done", "_settle", "_turns", "_work", "outcome", "was_short")

    def __init__(self, work: Callable[[], Any]) -> None:
        self._work = work
        self._context: Context = copy_context()
        self._done = threading.Lock()
        self._done.acquire()
        self._turns = [
            True
        ]  # taken by whichever comes first: the end of the work, or a loop that wants to be told of it
        self._settle: Callable[[], None] | None = None
        self.outcome: CallResult[Any] = CallResult(None, None)
        self.was_short = False

    def run(self, workers: Workers) -> None:
        """On a thread of `workers`: do it."""
        watch = Stopwatch()
        self.outcome = everything(lambda: self._context.run(self._work))
        self.was_short = watch.was_short(workers.busy())

    def end(self) -> None:
        """On the thread: tell whoever waits."""
        try:
            self._turns.pop()
        except IndexError:
            if self._settle is not None:
                self._settle()
        self._done.release()

    def cancel(self) -> None:
        """It will not be done."""
        self.outcome = CallResult(None, CancelledError())
        self.end()

    def is_done(self, within: float) -> bool:
        """Whether it ends in so many seconds."""
        if not self._done.acquire(timeout=within):
            return False
        self._done.release()
        return True

    def result(self) -> Any:
        """Wait for what the work gave.

        Raises:
            BaseException: what it raised.
        """
        return self.ended().unwrap()

    def ended(self) -> CallResult[Any]:
        """Wait for the end."""
        with self._done:
            return self.outcome

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
class _Worker:
    """One thread: waits for a job, does it, asks for the next."""

    __slots__ = ("_workers", "job", "thread", "wake")

    def __init__(self, workers: Workers, job: Job, name: str) -> None:
        self._workers = workers
        self.job: Job | None = job
        self.wake = threading.Lock()
        self.wake.acquire()
        self.thread = threading.Thread(target=self._serve, name=name, daemon=True)

    def _serve(self) -> None:
        self.wake.acquire()
        while True:
            job = self.job
            if job is None:
                return
            job.run(self._workers)
            # Idle before the end is told: whoever hears of it and has more finds this thread, not a new one.
            more = self._workers.next_for(self)
            job.end()
            if not more:
                self.wake.acquire()


@final
class Workers:
    """The threads of one run."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._all: list[_Worker] = []
        self._idle: list[_Worker] = []
        self._waiting: deque[Job] = deque()
        self._closed = False

    def submit(self, work: Callable[[], Any]) -> Job:
        """Start `work` on a thread, in a copy of this context."""
        job = Job(work)
        with self._lock:
            if self._idle:
                worker = self._idle.pop()
                worker.job = job
            elif len(self._all) < MAX_THREADS:
                worker = _Worker(self, job, f"drawloom-{self._name}-{len(self._all)}")
                worker.thread.start()
                self._all.append(worker)
            else:
                self._waiting.append(job)
                return job
        worker.wake.release()
        return job

    def busy(self) -> int:
        """Threads that are at work."""
        return len(self._all) - len(self._idle)

    def next_for(self, worker: _Worker) -> bool:
        """Give a thread that is done its next job; False if there is none yet and it waits."""
        with self._lock:
            if self._waiting:
                worker.job = self._waiting.popleft()
                return True
            worker.job = None
            if self._closed:
                return True
            self._idle.append(worker)
            return False

    def close(self) -> None:
        """Wait for what runs, forget what has not begun, and end the threads."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            waiting, self._waiting = self._waiting, deque()
        for job in waiting:
            job.cancel()
        for worker in idle:
            worker.wake.release()
        for worker in self._all:
            worker.thread.join()
