"""Attempts on the workers of a `concurrent.futures.Executor` that a run was given: threads, a process pool, a cluster's.

Whatever becomes of a future, the run is told: a worker that died or a scheduler that cannot be reached is a failure of the
attempt, never a wait without end.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from typing import Any, Protocol, cast, final

from drawloom import context as ambient
from drawloom.interpreter.executors.protocol import where_of
from drawloom.interpreter.executors.records import RecordMaker
from drawloom.interpreter.failures import ABORTED
from drawloom.interpreter.record.recorder import Recorder
from drawloom.interpreter.tasks.attempt_record import AttemptResult, lost, outcome_of, run_attempt
from drawloom.interpreter.tasks.decks import write_deck
from drawloom.interpreter.tasks.job import Job, conclude, in_process, perform
from drawloom.interpreter.tasks.outcome import Outcome, Pending
from drawloom.interpreter.tasks.threads import everything
from literals import attempt

Told = Callable[["Outcome | Pending | BaseException"], None]
"""Takes what came of an attempt."""


class Calls(Protocol):
    """The attempts of one run that are made elsewhere.

    Attributes: `holds_time` (a worker holds an attempt's time limit from when it begins it, whatever its code does),
    `ahead` (most attempts that the run hands over; 0 is its width).
    """

    @property
    def holds_time(self) -> bool:
        """Whether workers hold time limits by themselves."""
        ...

    @property
    def ahead(self) -> int:
        """Most attempts that the run hands over; 0 is its width."""
        ...

    def takes(self, job: Job) -> bool:
        """Whether this attempt is made elsewhere."""
        ...

    def start(self, job: Job, tell: Told) -> None:
        """Hand an attempt over; `tell` is called when it has ended, on whatever thread."""
        ...

    def call(self, job: Job) -> Outcome | Pending:
        """Hand an attempt over, and wait for its end; whoever calls keeps the outputs."""
        ...

    def flush(self) -> float:
        """The run is about to wait: hand over what is at hand. Gives in how many seconds to ask again; 0 is not."""
        ...


@final
class ExecutorCalls:
    """The attempts of one run that the executor makes which it was given."""

    holds_time = False
    ahead = 0

    def __init__(self, executor: Executor, recorder: Recorder | None, records: RecordMaker) -> None:
        self._executor = executor
        self._recorder = recorder
        self._records = records

    def takes(self, job: Job) -> bool:
        """Whatever calls Python code, but not what stays here because its own calls are what the executor makes."""
        if job.call is not in_process or job.way.stays:
            return False
        return self._recorder is None or not self._recorder.has_calls(job.address)

    def flush(self) -> float:
        """Everything was handed over at once."""
        return 0.0

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
            handed = attempt(self._executor.submit, run_attempt, self._records.of(job, loader))
        elif job.cache is not None:
            handed = attempt(self._executor.submit, in_process, job)
        else:
            handed = attempt(self._executor.submit, lambda: perform(job, self._recorder))
        return cast("Future[Any]", handed.value) if handed.error is None else lost(handed.error, where_of(job))

    def _answer(self, job: Job, future: Future[Any], *, save: bool) -> Outcome | Pending:
        """What came of an attempt. Raises KeyboardInterrupt if that is what its code raised."""
        given = everything(future.result)
        if isinstance(given.error, KeyboardInterrupt):
            raise given.error
        if given.error is not None:
            return Outcome(failure=ABORTED) if job.stopped and future.cancelled() else lost(given.error, where_of(job))
        if type(given.value) is not AttemptResult:
            return cast("Outcome | Pending", given.value)
        return answered(job, given.value, self._recorder, save=save)


def answered(job: Job, result: AttemptResult, recorder: Recorder | None, *, save: bool) -> Outcome:
    """What a worker's answer means for a job; its decks are written, and its outputs kept if `save`."""
    if result.started:
        job.started = result.started
    if result.decks and recorder is not None:
        for page in result.decks:
            write_deck(recorder.folder / ambient.DECKS / job.address, page)
    if recorder is not None:
        for action in result.actions:
            action.write(recorder)
    outcome = outcome_of(result)
    return conclude(job, outcome, recorder) if save else outcome
