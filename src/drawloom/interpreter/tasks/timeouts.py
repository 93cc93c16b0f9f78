"""Stopping a task that takes too long, whichever way it was started (docs/decisions/0022).

On the main thread of a Unix process an interval timer interrupts even a blocking system call. Anywhere else the code runs
on a thread of its own, into which an exception is thrown; a call that never comes back to Python is left behind on that
(daemon) thread, and its caller goes on. Async code is cancelled by whoever drives its loop.
"""

from __future__ import annotations

import contextlib
import contextvars
import ctypes
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import TypeVar, final

from drawloom.interpreter.errors import DeadlineExceededError, MaxRuntimeExceededError, TaskTimeoutError
from drawloom.interpreter.tasks.threads import everything
from literals import CallResult

T = TypeVar("T")
_GRACE = 0.5
"""Seconds that interrupted code has to clean up."""


class OverrunError(BaseException):
    """Thrown into code that ran out of time; not an Exception, so that `except Exception` in it does not stop it."""


def overran(
    where: str, seconds: float, kind: type[TaskTimeoutError] = MaxRuntimeExceededError, *, killed: bool = False
) -> TaskTimeoutError:
    """The error of a task that did not end in time. `killed`: its process was."""
    subject = "the task and its retries" if kind is DeadlineExceededError else "the task"
    return kind(
        f"{subject} did not end within {seconds:g} s" + (", and its process was killed" if killed else ""),
        where=where,
        expected=f"at most {seconds:g} s",
        got="still running when its time was over",
        fix="raise its timeout, or make it faster",
    )


@final
class TimedWork:
    """Work for a thread of its own, which ends early if it is interrupted; then what it would have given is nobody's.

    It is decided under a lock whether the work goes on: an error that is thrown into a thread before or behind its work would be
    raised in Python's own code, where nobody takes it and locks may stay held.
    """

    __slots__ = ("_deciding", "_is_late", "_thread", "_work")

    def __init__(self, work: Callable[[], object]) -> None:
        self._work = work
        self._deciding = threading.Lock()
        self._thread: int | None = None  # while the work goes on
        self._is_late = False

    def __call__(self) -> None:
        """On the thread: do it, unless it is too late."""
        with contextlib.suppress(OverrunError):
            with self._deciding:
                if self._is_late:
                    return
                self._thread = threading.get_ident()
            self._work()
            with self._deciding:
                self._thread = None

    def interrupt(self) -> None:
        """Raise `OverrunError` in the work at its next Python instruction; C code notices when it returns."""
        with self._deciding:
            self._is_late = True
            if self._thread is not None:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._thread), ctypes.py_object(OverrunError))


def with_limit(work: Callable[[], T], seconds: float) -> T:
    """`work()`, if it ends in time.

    Raises:
        OverrunError: it did not.
    """
    if threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer"):
        return _with_timer(work, seconds)
    return _with_thread(work, seconds)


def _with_timer(work: Callable[[], T], seconds: float) -> T:
    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise OverrunError

    started = time.monotonic()
    handler = signal.signal(signal.SIGALRM, stop)
    # A limit around this one keeps running; what is left of it is put back below.
    outer = signal.setitimer(signal.ITIMER_REAL, seconds)[0]
    if outer and outer < seconds:
        signal.setitimer(signal.ITIMER_REAL, outer)
    try:
        return work()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        if outer:
            signal.setitimer(signal.ITIMER_REAL, max(outer - (time.monotonic() - started), 0.000_001))


def _with_thread(work: Callable[[], T], seconds: float) -> T:
    context = contextvars.copy_context()
    done: list[CallResult[T]] = []
    ended = threading.Event()
    timed = TimedWork(lambda: done.append(everything(lambda: context.run(work))))

    def body() -> None:
        timed()
        ended.set()

    thread = threading.Thread(target=body, name="drawloom-timed", daemon=True)
    thread.start()
    if not ended.wait(seconds):
        timed.interrupt()
        if ended.wait(_GRACE):
            thread.join()
        raise OverrunError
    thread.join()
    return done[0].unwrap()
