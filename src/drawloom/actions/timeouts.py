"""Stopping sync code that takes too long.

On the main thread of a Unix process an interval timer interrupts even a blocking system call. Anywhere else the code runs
on a thread of its own, into which an exception is thrown; a call that never comes back to Python is left behind on that
(daemon) thread, and its caller goes on.
"""

from __future__ import annotations

import contextvars
import ctypes
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

from drawloom.local.threads import everything
from literals import CallResult

_GRACE = 0.5
"""Seconds that interrupted code has to clean up."""


class OvertimeError(BaseException):
    """Thrown into code that ran out of time; not an Exception, so that `except Exception` in it does not stop it."""


def with_limit(work: Callable[[], Any], seconds: float) -> Any:
    """`work()`, if it ends in time.

    Raises:
        OvertimeError: it did not.
    """
    if threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer"):
        return _with_timer(work, seconds)
    return _with_thread(work, seconds)


def _with_timer(work: Callable[[], Any], seconds: float) -> Any:
    def interrupt(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise OvertimeError

    started = time.monotonic()
    handler = signal.signal(signal.SIGALRM, interrupt)
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


def _with_thread(work: Callable[[], Any], seconds: float) -> Any:
    context = contextvars.copy_context()
    done: list[CallResult[Any]] = []
    ended = threading.Event()

    def body() -> None:
        try:
            done.append(everything(lambda: context.run(work)))
        finally:
            ended.set()

    thread = threading.Thread(target=body, name="drawloom-limited", daemon=True)
    thread.start()
    if not ended.wait(seconds):
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(OvertimeError))
        if ended.wait(_GRACE):
            thread.join()
        raise OvertimeError
    thread.join()
    return done[0].unwrap()
