"""Attempts on an `AttemptExecutor`: worker processes or a cluster, by address, or an executor that the run was given.

What is ready goes out together when the run is about to wait, elements of maps in batches. A run with `max_parallelism` hands
out at most that many batches; without it, enough that no worker is ever idle while the run decides, for those who make the
attempts queue them well. A `RUNNING` event therefore says that an attempt was handed over; when it began is told with its end.

Whatever becomes of a future, the run is told: a worker that died or a scheduler that cannot be reached is a failure of the
attempt, never a wait without end.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import wait
from functools import partial
from typing import final

from drawloom.context import DECKS, StorageError
from drawloom.interpreter.errors import UnsupportedTaskError
from drawloom.interpreter.executors.pace import Pace
from drawloom.interpreter.executors.protocol import (
    AttemptExecutor,
    Batch,
    BatchFuture,
    ExecutorError,
    ExecutorGoneError,
    WorkerDiedError,
    where_of,
)
from drawloom.interpreter.executors.records import RecordMaker
from drawloom.interpreter.failures import ABORTED, ErrorKind, Failure
from drawloom.interpreter.record.recorder import Recorder
from drawloom.interpreter.tasks.attempt_record import AttemptResult, lost, outcome_of
from drawloom.interpreter.tasks.decks import write_deck
from drawloom.interpreter.tasks.job import Job, Way, conclude, in_process
from drawloom.interpreter.tasks.outcome import Outcome
from drawloom.interpreter.tasks.threads import everything

_LEAST_AHEAD = 1024
_AHEAD = 64
"""Attempts that are handed over for each that the executor makes at once."""
Told = Callable[["Outcome | BaseException"], None]
"""Takes what came of an attempt."""
_Waiting = tuple[Job, Told]


@final
class AttemptCalls:
    """The attempts of one run that an executor makes."""

    def __init__(
        self, executor: AttemptExecutor, recorder: Recorder | None, records: RecordMaker, *, most: int
    ) -> None:
        """`most`: batches under way at once; 0 means no limit."""
        self._executor = executor
        self._recorder = recorder
        self._records = records
        self._most = most
        self._plain: deque[_Waiting] = deque()
        self._elements: dict[Way, deque[_Waiting]] = {}
        self._paces: dict[Way, Pace] = {}
        self._under_way: dict[Way, int] = {}
        self._batches = 0
        self._serial = 0
        self._lock = threading.Lock()

    @property
    def holds_time(self) -> bool:
        """Whether an attempt ends in its time whatever its code does."""
        return self._executor.holds_time

    @property
    def ahead(self) -> int:
        """Most attempts that the run hands over."""
        return max(_LEAST_AHEAD, _AHEAD * self._executor.width)

    def takes(self, job: Job) -> bool:
        """A task of the program that is Python code; stubs that stand for something else are called here.

        So is a task whose calls are attempts of their own, or were in an earlier process of this run.
        """
        if job.call is not in_process or job.way.task is None or job.way.stays:
            return False
        return self._recorder is None or not self._recorder.has_calls(job.address)

    def start(self, job: Job, tell: Told) -> None:
        """Have an attempt made with the next that go out; `tell` is called when it has ended, on whatever thread."""
        refused = self._unknown(job)
        if refused is not None:
            tell(refused)
        elif job.way.is_element:
            self._elements.setdefault(job.way, deque()).append((job, tell))
        else:
            self._plain.append((job, tell))

    def call(self, job: Job) -> Outcome:
        """Have an attempt made, and wait for its end; whoever calls keeps the outputs."""
        refused = self._unknown(job)
        if refused is not None:
            return refused
        batch = self._batch([job])
        handed = everything(lambda: self._executor.submit([batch])[0])
        if handed.value is None:
            return _refused(handed.error or RuntimeError("no future"), job)
        job.cancel = handed.value.cancel
        wait([handed.value])
        return self._outcomes([job], handed.value, save=False)[0]

    def _unknown(self, job: Job) -> Outcome | None:
        """The failure of a task that no worker can find; None for one that it can."""
        if self._executor.is_here or (job.way.task is not None and job.way.task.loader is not None):
            return None
        return _unfindable(job)

    def flush(self) -> float:
        """Hand over what is at hand, as far as `max_parallelism` lets it. Gives in how many seconds to ask again."""
        groups: list[list[_Waiting]] = []
        while self._plain and self._room(groups):
            waiting = self._plain.popleft()
            if not self._dropped(waiting):
                groups.append([waiting])
        delay = 0.0
        for way, queue in self._elements.items():
            pace = self._paces.setdefault(way, Pace())
            taken = 0
            while queue and self._room(groups):
                under_way = self._under_way.get(way, 0) + taken
                size = pace.size(len(queue), under_way, self._executor.width)
                if way.timeout and not self._executor.holds_time:
                    size = min(size, 1)  # each has its time from when it is handed over
                if not size:
                    delay = max(0.001, pace.patience())
                    break
                group = [each for _ in range(min(size, len(queue))) if not self._dropped(each := queue.popleft())]
                if group:
                    groups.append(group)
                    taken += len(group)
        if groups:
            self._hand_over(groups)
        return delay

    def _room(self, groups: Sequence[object]) -> bool:
        return not self._most or self._batches + len(groups) < self._most

    @staticmethod
    def _dropped(waiting: _Waiting) -> bool:
        job, tell = waiting
        if job.stopped:
            tell(Outcome(failure=ABORTED))
        return job.stopped

    def _batch(self, jobs: Sequence[Job]) -> Batch:
        records = [self._records.of(job) for job in jobs]
        with self._lock:
            self._serial += 1
            serial = self._serial
        first, last = jobs[0], jobs[-1]
        upto = f"..{last.address}" if last is not first else ""
        key = f"{first.name}-{self._records.run[:12]}-{first.address}{upto}-{first.attempt}-{serial}"
        return Batch(key, records, first.way.resources)

    def _hand_over(self, groups: Sequence[Sequence[_Waiting]]) -> None:
        batches = [self._batch([job for job, _ in group]) for group in groups]
        with self._lock:
            self._batches += len(groups)
            for group in groups:
                way = group[0][0].way
                self._under_way[way] = self._under_way.get(way, 0) + len(group)
        handed = everything(lambda: self._executor.submit(batches))
        if handed.value is None:
            for group in groups:
                self._left(group)
                for job, tell in group:
                    tell(_refused(handed.error or RuntimeError("no futures"), job))
            return
        for group, future in zip(groups, handed.value, strict=True):
            jobs = [job for job, _ in group]
            epochs = [(job, job.epoch) for job in jobs]
            for job in jobs:
                job.cancel = partial(_cancel, epochs, future)
            future.add_done_callback(partial(self._ended, group))

    def _left(self, group: Sequence[_Waiting]) -> None:
        with self._lock:
            self._batches -= 1
            self._under_way[group[0][0].way] -= len(group)

    def _ended(self, group: Sequence[_Waiting], future: BatchFuture) -> None:
        """A batch has ended; on whatever thread."""
        self._left(group)
        given = everything(lambda: self._outcomes([job for job, _ in group], future, save=True))
        for number, (_, tell) in enumerate(group):
            tell(given.value[number] if given.value is not None else given.error or RuntimeError("no outcome"))

    def _outcomes(self, jobs: Sequence[Job], future: BatchFuture, *, save: bool) -> list[Outcome]:
        """What came of each attempt. Raises KeyboardInterrupt if that is what its code raised."""
        given = everything(future.result)
        if isinstance(given.error, KeyboardInterrupt):
            raise given.error
        if given.value is None:
            error = given.error or RuntimeError("no answer")
            if isinstance(error, (ExecutorError, StorageError)):
                return [Outcome(failure=Failure(error, ErrorKind.SYSTEM)) for _ in jobs]
            is_gone = isinstance(error, ExecutorGoneError)
            was_stopped = future.cancelled() or isinstance(error, WorkerDiedError)
            return [
                Outcome(failure=ABORTED) if job.stopped and was_stopped else lost(error, where_of(job), is_gone=is_gone)
                for job in jobs
            ]
        results: Sequence[AttemptResult] = given.value
        pace = self._paces.get(jobs[0].way)
        if pace is not None:
            pace.took(results)
        return [answered(job, result, self._recorder, save=save) for job, result in zip(jobs, results, strict=True)]


def _refused(error: BaseException, job: Job) -> Outcome:
    """What came of an attempt that could not be handed over."""
    if isinstance(error, (ExecutorError, StorageError)):
        return Outcome(failure=Failure(error, ErrorKind.SYSTEM))
    return lost(error, where_of(job), is_gone=True)


def _cancel(epochs: Sequence[tuple[Job, int]], future: BatchFuture) -> None:
    """End a batch that nobody needs any more."""
    if all(job.stopped or job.epoch != epoch for job, epoch in epochs):
        future.cancel()


def answered(job: Job, result: AttemptResult, recorder: Recorder | None, *, save: bool) -> Outcome:
    """What a worker's answer means for a job; its decks are written, and its outputs kept if `save`."""
    if result.started:
        job.started = result.started
    if recorder is not None:
        for page in result.decks:
            write_deck(recorder.folder / DECKS / job.address, page)
        for action in result.actions:
            action.write(recorder)
    outcome = outcome_of(result)
    return conclude(job, outcome, recorder) if save else outcome


def _unfindable(job: Job) -> Outcome:
    """The failure of a task that no other process can find."""
    error = UnsupportedTaskError(
        "the program does not say how another process finds this task's code, so it cannot run on an executor",
        where=where_of(job),
        expected="container arguments with `--resolver R -- ...`",
        got="other arguments, or none",
        fix="run it without an executor",
    )
    return Outcome(failure=Failure(error, ErrorKind.SYSTEM))
