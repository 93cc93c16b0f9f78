"""A `concurrent.futures.Executor` that a run was given, as an executor of attempts. It stays open."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any, cast, final

from drawloom.context import Storage, StorageSource
from drawloom.interpreter.executors.protocol import Batch, BatchFuture, WorkerDiedError
from drawloom.interpreter.tasks.attempt_record import AttemptResult, run_attempts
from drawloom.interpreter.tasks.threads import everything
from literals import attempt, error_text


@final
class _GivenFuture(Future[Sequence[AttemptResult]]):
    """A future whose cancelling reaches the one that stands behind it."""

    def __init__(self) -> None:
        super().__init__()
        self.behind: Future[Any] | None = None

    def cancel(self) -> bool:
        """Take it back, if nobody has begun it."""
        if self.behind is not None:
            attempt(self.behind.cancel)
        return super().cancel()


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
                error = handed.error or RuntimeError("no future")
                died = WorkerDiedError(
                    "the executor takes no work",
                    expected="an executor that is not shut down",
                    got=error_text(error),
                    fix="keep it open until the run has ended",
                )
                died.__cause__ = error
                future.set_exception(died)
                continue
            future.behind = cast("Future[Any]", handed.value)
            future.behind.add_done_callback(lambda behind, future=future: _settle(future, behind))
        return futures

    def close(self) -> None:
        """Whoever gave it closes it."""


def _settle(future: _GivenFuture, behind: Future[Any]) -> None:
    given = everything(behind.result)
    if not future.set_running_or_notify_cancel():
        return
    if given.error is not None:
        future.set_exception(given.error)
    else:
        future.set_result(cast("Sequence[AttemptResult]", given.value))
