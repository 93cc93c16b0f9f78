"""What an executor is to a run: it takes attempts as plain data, and gives futures of what came of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from typing import NamedTuple, Protocol, final

from drawloom.context import Storage, StorageSource
from drawloom.interpreter.tasks.attempt_record import AttemptRecord, AttemptResult
from drawloom.interpreter.tasks.job import Job
from literals import DrawloomError


class ExecutorError(DrawloomError, ValueError):
    """An executor cannot be had: its address cannot be read, its library is not installed, nobody answers, or its workers share no storage."""


class WorkerDiedError(DrawloomError, RuntimeError):
    """A worker ended while it made an attempt."""


class ExecutorGoneError(DrawloomError, RuntimeError):
    """The executor as a whole cannot be reached any more."""


def worker_died(got: str, where: str = "") -> WorkerDiedError:
    """The error of a batch of which a worker gave no answer. `got`: what was heard instead."""
    return WorkerDiedError(
        "the worker that made the attempt gave no answer",
        where=where,
        expected="what came of the attempt",
        got=got,
        fix="see what ended it, which is often memory",
    )


def executor_gone(what: str, got: str, where: str = "") -> ExecutorGoneError:
    """The error of a batch that cannot be made, since the executor as a whole is gone. `got`: what it said last."""
    return ExecutorGoneError(
        what,
        where=where,
        expected="an executor that takes work",
        got=got,
        fix="start it again, and go on with `drawloom resume`",
    )


@final
class Batch(NamedTuple):
    """Attempts that one worker makes, one after the other.

    Attributes: `key` (a text that no other batch of any run has), `records` (at least one; all of one task), `resources`
    (what each attempt asks for: `cpu` in cores, `memory` in bytes, `gpu` in devices).
    """

    key: str
    records: Sequence[AttemptRecord]
    resources: Mapping[str, float]


BatchFuture = Future[Sequence[AttemptResult]]
"""One result for each record, in their order; `cancel` ends what has begun too, where the executor can."""


class AttemptExecutor(Protocol):
    """Makes attempts on workers of its own.

    Attributes: `width` (attempts that it makes at once at present; at least 1), `shares_files` (its workers see this machine's
    files and the modules on its path; otherwise the code is shipped, and raw data and checkpoints go to a common prefix), `is_here`
    (its workers are threads of this process, which are given the live task), `holds_time` (an attempt ends in its time whatever its
    code does; otherwise the run gives it up).
    """

    @property
    def width(self) -> int:
        """Attempts that it makes at once at present; at least 1."""
        ...

    @property
    def shares_files(self) -> bool:
        """Whether its workers see this machine's files and modules."""
        ...

    @property
    def is_here(self) -> bool:
        """Whether its workers are threads of this process."""
        ...

    @property
    def holds_time(self) -> bool:
        """Whether an attempt ends in its time whatever its code does."""
        ...

    def check_storage(self, prefix: str, data_config: Storage | StorageSource | None) -> None:
        """Have every worker read what this process wrote below the run's raw-data prefix. `data_config`: how it is reached.

        Raises:
            ExecutorError: one cannot.
        """
        ...

    def submit(self, batches: Sequence[Batch]) -> Sequence[BatchFuture]:
        """Hand batches over, from any thread. A worker that died is an error of the future, never a wait without end."""
        ...

    def close(self) -> None:
        """End what is under way, and let go of the workers."""
        ...


def where_of(job: Job) -> str:
    """Which attempt of what an error is about."""
    return f"{job.address}, {job.name} (attempt {job.attempt})"
