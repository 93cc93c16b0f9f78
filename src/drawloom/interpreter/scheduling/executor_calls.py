"""Attempts on the workers of a `concurrent.futures.Executor`: threads, a process pool, a cluster.

Whatever becomes of a future, the run is told: a worker that died or a scheduler that cannot be reached is a failure of the
attempt, never a wait without end.
"""

from __future__ import annotations

import contextvars
import uuid
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from typing import Any, cast, final

from drawloom.context import current
from drawloom.interpreter.failures import ABORTED
from drawloom.interpreter.options import RunOptions
from drawloom.interpreter.record.recorder import Recorder
from drawloom.interpreter.tasks.attempt_record import AttemptRecord, AttemptResult, lost, outcome_of, run_attempt
from drawloom.interpreter.tasks.checkpoints import CheckpointFolders
from drawloom.interpreter.tasks.job import Job, conclude, in_process, perform
from drawloom.interpreter.tasks.outcome import Outcome, Pending
from drawloom.interpreter.tasks.threads import everything
from literals import attempt

Told = Callable[["Outcome | Pending | BaseException"], None]
"""Takes what came of an attempt."""


@final
class ExecutorCalls:
    """The attempts of one run that its executor makes."""

    def __init__(
        self,
        options: RunOptions,
        recorder: Recorder | None,
        context: contextvars.Context,
        checkpoints: CheckpointFolders,
    ) -> None:
        self._executor = cast("Executor", options.executor)
        self._options = options
        self._recorder = recorder
        self._context = context
        self._checkpoints = checkpoints
        # Equal calls are one to some executors; those of two runs, nodes or attempts never are.
        self._run = uuid.uuid4().hex

    def start(self, job: Job, tell: Told) -> None:
        """Hand an attempt over; `tell` is called when it has ended, on whatever thread."""
        future = self._handed_over(job)
        if not isinstance(future, Future):
            tell(future)
            return
        job.cancel = future.cancel

        def ended(finished: Future[Any]) -> None:
            given = everything(lambda: self._answer(job, finished, save=True))
            tell(given.error if given.error is not None else cast("Outcome | Pending", given.value))

        future.add_done_callback(ended)

    def call(self, job: Job) -> Outcome | Pending:
        """Hand an attempt over, and wait for its end; whoever calls keeps the outputs."""
        future = self._handed_over(job)
        if not isinstance(future, Future):
            return future
        job.cancel = future.cancel
        wait([future])
        return self._answer(job, future, save=False)

    def _handed_over(self, job: Job) -> Future[Any] | Outcome:
        loader = job.way.task.loader if job.way.task is not None else None
        if not isinstance(self._executor, ThreadPoolExecutor) and loader is not None:
            handed = attempt(self._executor.submit, run_attempt, self._record_of(job, loader))
        elif job.cache is not None:
            handed = attempt(self._executor.submit, in_process, job)
        else:
            handed = attempt(self._executor.submit, lambda: perform(job, self._recorder))
        return cast("Future[Any]", handed.value) if handed.error is None else lost(handed.error, _where(job))

    def _answer(self, job: Job, future: Future[Any], *, save: bool) -> Outcome | Pending:
        """What came of an attempt. Raises KeyboardInterrupt if that is what its code raised."""
        given = everything(future.result)
        if isinstance(given.error, KeyboardInterrupt):
            raise given.error
        if given.error is not None:
            return Outcome(failure=ABORTED) if job.stopped and future.cancelled() else lost(given.error, _where(job))
        if type(given.value) is not AttemptResult:
            return cast("Outcome | Pending", given.value)
        outcome = outcome_of(given.value)
        return conclude(job, outcome, self._recorder) if save else outcome

    def _record_of(self, job: Job, loader: tuple[str, tuple[str, ...]]) -> AttemptRecord:
        state = self._context.run(current)
        given = self._options.state
        access = given.get("file_access", state.file_access)
        raw = given.get("raw_data_path", state.raw_data_path)
        return AttemptRecord(
            self._run,
            job.address,
            job.attempt,
            job.name,
            loader,
            dict(job.inputs),
            dict(job.way.environment),
            job.way.timeout,
            self._checkpoints.folder(),
            access.raw_output_prefix if access is not None else str(raw or ""),
            access.data_config if access is not None else None,
            dict(given.get("custom_context", state.custom_context)),
            {name: value for name, value in self._options.parameters.items() if not callable(value)},
        )


def _where(job: Job) -> str:
    return f"{job.address}, {job.name} (attempt {job.attempt})"
