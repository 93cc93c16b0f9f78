"""A `concurrent.futures.Executor` that a run was given, as an executor of attempts. It stays open.

What such an executor has begun cannot be ended from here: an attempt whose time is over is given up, and its worker is free
when the code returns. A pool that has lost a process takes no work any more, so that the run ends, to be gone on with elsewhere.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from typing import Any, cast, final

from drawloom.context import Storage, StorageSource
from drawloom.interpreter.executors.protocol import Batch, BatchFuture, ExecutorGoneError, executor_gone
from drawloom.interpreter.tasks.attempt_record import AttemptResult, run_attempts
from drawloom.interpreter.tasks.threads import everything
from literals import attempt, error_text


@final
class _GivenFuture(Future[Sequence[AttemptResult]]):
    """A future whose cancelling reaches the one that stands behind it."""

    def __init__(self) -> None:
        super().__init__()
        self.behind: Future[Any] | None = None
        self._deciding = threading.RLock()

    def cancel(self) -> bool:
        """Take it back, if nobody has begun it; whoever waits goes on in any case."""
        with self._deciding:
            if not self.done() and super().cancel():
                self.set_running_or_notify_cancel()
        if self.behind is not None:
            attempt(self.behind.cancel)
        return self.cancelled()

    def settle(self, behind: Future[Any]) -> None:
        """The executor's own future has ended; on whatever thread."""
        given = everything(behind.result)
        with self._deciding:
            if self.done():
                return
            self.set_running_or_notify_cancel()
        if given.error is None:
            self.set_result(cast("Sequence[AttemptResult]", given.value))
        else:
            self.set_exception(_gone(given.error) if isinstance(given.error, BrokenExecutor) else given.error)


@final
class GivenExecutor:
    """Attempts by somebody else's executor; each batch is one of its calls."""

    shares_files = True

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self.width = int(getattr(executor, "_max_workers", 0) or os.cpu_count() or 1)

    @property
    def is_here(self) -> bool:
        """Whether its workers are threads of this process, which need not look a task up."""
        return isinstance(self._executor, ThreadPoolExecutor)

    @property
    def holds_time(self) -> bool:
        """Whether an attempt ends in time whatever its code does: a thread is left behind, a process of a pool is not."""
        return self.is_here

    def check_storage(self, prefix: str, data_config: Storage | StorageSource | None) -> None:
        """What its workers see is the business of whoever gave it."""

    def submit(self, batches: Sequence[Batch]) -> Sequence[BatchFuture]:
        """Hand batches over, from any thread."""
        futures: list[BatchFuture] = []
        for batch in batches:
            future = _GivenFuture()
            futures.append(future)
            handed = attempt(self._executor.submit, run_attempts, list(batch.records))
            if handed.value is None:
                future.set_exception(_gone(handed.error or RuntimeError("no future")))
                continue
            future.behind = cast("Future[Any]", handed.value)
            future.behind.add_done_callback(future.settle)
        return futures

    def close(self) -> None:
        """Whoever gave it closes it."""


def _gone(error: BaseException) -> ExecutorGoneError:
    gone = executor_gone("the executor that the run was given takes no work", error_text(error))
    gone.__cause__ = error
    return gone
