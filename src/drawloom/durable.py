"""Time that a run can repeat: `time()`, `now()`, `sleep(seconds)`. Each is a traced step of the running task.

In a task, `now` and `time` give what the clock said when the step ran; the step is in the run's record. `.aio` waits without blocking the loop.
"""

from __future__ import annotations

import asyncio
import datetime as _datetime  # noqa: ICN001 - underscored: the module has a function per name
import time as _time

from drawloom.actions.trace import trace
from drawloom.local.sync_async import SyncAsync, with_aio


@trace
def _clock() -> float:
    return _time.time()


@trace
def _pause(seconds: float) -> None:
    _time.sleep(seconds)


@trace
async def _pause_aio(seconds: float) -> None:
    await asyncio.sleep(seconds)


@with_aio
def time() -> float:
    """Seconds since the epoch."""
    return _clock()


@with_aio
def now() -> _datetime.datetime:
    """The local time, without a zone, as `datetime.now()` gives it."""
    return _datetime.datetime.fromtimestamp(_clock())  # noqa: DTZ006 - what it replaces gives no zone either


sleep: SyncAsync[[float], None] = SyncAsync(_pause, _pause_aio)

__all__ = ["now", "sleep", "time"]
