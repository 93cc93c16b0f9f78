"""`dask://HOST:PORT`: the workers of a Dask cluster.

Each batch has a key of its own (Dask takes calls of one key for one call), made of task, run, node and attempt. Batches that are
handed over together reach the scheduler as one message, and results that are ready together are fetched together. Dask itself
runs a batch again on another worker when its worker dies, up to its own limit; what it then gives up is a lost attempt of the run.
When the scheduler is lost all futures are, and the run ends at once.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import pickle
import threading
import time
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import Future
from typing import Any, cast, final

from drawloom.context import Storage, StorageSource
from drawloom.interpreter.executors.batch_worker import check_answer, make_batch, storage_trial, try_storage
from drawloom.interpreter.executors.code import CodeShipper
from drawloom.interpreter.executors.protocol import (
    Batch,
    BatchFuture,
    ExecutorError,
    executor_gone,
    worker_died,
)
from drawloom.interpreter.tasks.attempt_record import AttemptResult
from drawloom.interpreter.tasks.threads import everything
from literals import attempt, error_text

CONNECTING = 10.0
"""Seconds in which a scheduler has to answer."""
_LOOKING = 5.0
"""Seconds after which it is looked anew which workers there are."""
_PLENTY = 8
"""Batches under way for each thread of the cluster from which results may wait for each other."""
_GATHERING = 0.02
"""Seconds that they do."""
_RESOURCES: Mapping[str, tuple[str, ...]] = {
    "cpu": ("CPU",),
    "memory": ("MEMORY", "MEM"),
    "gpu": ("GPU",),
}
"""The names that a worker's `--resources` may have for each kind that a task asks for; compared without regard to case."""


@final
class _DaskFuture(Future[Sequence[AttemptResult]]):
    """A future whose cancelling reaches the cluster. What a worker's thread has begun runs to its end there, unheard."""

    def __init__(self) -> None:
        super().__init__()
        self.remote: Any = None

    def cancel(self) -> bool:
        """Take it back, if no worker has begun it; whoever waits goes on in any case."""
        cancelled = super().cancel()
        if self.remote is not None:
            attempt(self.remote.cancel)
        return cancelled


@final
class DaskExecutor:
    """Attempts on a Dask cluster, through a client that is this executor's own unless it was given one."""

    shares_files = False
    is_here = False
    holds_time = True

    def __init__(self, client: object, *, is_own: bool = False) -> None:
        """`is_own`: the client is closed with this executor."""
        self._client = cast("Any", client)
        self._is_own = is_own
        self._shipper: CodeShipper | None = None
        self._completed: Any = None
        self._collector: threading.Thread | None = None
        self._waiting: dict[str, _DaskFuture] = {}
        self._lock = threading.Condition()
        self._closed = False
        self._offered: dict[str, float] = {}
        self._width = 1
        self._look()

    @classmethod
    def at(cls, netloc: str, address: str) -> DaskExecutor:
        """An executor on the scheduler at HOST:PORT. `address`: as it was written, for errors.

        Raises:
            ExecutorError: the library is not installed, or nobody answers.
        """
        found = attempt(importlib.import_module, "distributed")
        if found.error is not None:
            raise ExecutorError(
                "dask:// needs the library `distributed`",
                expected="distributed",
                got=error_text(found.error),
                fix="pip install 'drawloom[dask]'",
            ) from found.error
        with _quiet():  # what it says of a connection that fails is in the error below
            made = attempt(
                cast("Any", found.value).Client,
                f"tcp://{netloc}",
                timeout=CONNECTING,
                set_as_default=False,
                name="drawloom",
            )
        if made.error is not None:
            raise ExecutorError(
                "no scheduler of Dask's answers",
                where=address,
                expected="a scheduler, as `dask scheduler` starts one",
                got=error_text(made.error),
                fix="start it, or correct the address",
            ) from made.error
        return cls(made.value, is_own=True)

    @property
    def width(self) -> int:
        """The threads of the cluster's workers at present; 1 while there are none yet."""
        return self._width

    def _look(self) -> None:
        """See which workers there are."""
        self._looked = time.monotonic()
        identity = self._client.scheduler.identity
        info = everything(lambda: self._client.sync(identity, n_workers=-1, callback_timeout=CONNECTING))
        told = cast("Mapping[str, Any]", info.value or {})
        workers = cast("Mapping[str, Mapping[str, Any]]", told.get("workers", {}))
        self._width = max(1, sum(int(each.get("nthreads", 1)) for each in workers.values()))
        self._offered = {}
        for worker in workers.values():
            resources = cast("Mapping[str, float]", worker.get("resources") or {})
            for name, amount in resources.items():
                self._offered[name] = max(self._offered.get(name, 0.0), float(amount))

    def check_storage(self, prefix: str, data_config: Storage | StorageSource | None) -> None:
        """Have every worker that is there read a file below the prefix.

        Raises:
            ExecutorError: one cannot read it, or has no drawloom.
        """
        self._shipper = CodeShipper(prefix, data_config)
        with storage_trial(prefix, data_config) as (address, token):
            asked = attempt(self._client.run, try_storage, address, data_config, on_error="return")
            answers = cast("Mapping[str, object]", asked.value or {})
            if asked.error is not None:
                answers = {"the cluster": asked.error}
            for worker, said in answers.items():
                if not isinstance(said, OSError):  # else it has left the cluster meanwhile
                    check_answer(worker, token, address, said)

    def submit(self, batches: Sequence[Batch]) -> Sequence[BatchFuture]:
        """Hand batches over, from any thread."""
        if self._shipper is None:
            raise ExecutorError("the raw-data prefix of the run was not looked at")
        if time.monotonic() - self._looked > _LOOKING:
            self._look()  # clusters grow and shrink
        code = self._shipper.shipped()
        futures: list[BatchFuture] = []
        groups: dict[tuple[tuple[str, float], ...], list[tuple[Batch, bytes, _DaskFuture]]] = {}
        for batch in batches:
            future = _DaskFuture()
            futures.append(future)
            packed = everything(lambda batch=batch: pickle.dumps(list(batch.records)))  # a user's values are in it
            if packed.value is None:
                future.set_exception(packed.error or worker_died("no bytes"))
                continue
            wanted = attempt(self._wanted, batch.resources)
            if wanted.value is None:
                future.set_exception(wanted.error or ExecutorError("no worker"))
                continue
            groups.setdefault(tuple(sorted(wanted.value.items())), []).append((batch, packed.value, future))
        for wanted, group in groups.items():
            mapped = attempt(
                self._client.map,
                make_batch,
                [code] * len(group),
                [packed for _, packed, _ in group],
                key=[batch.key for batch, _, _ in group],
                resources=dict(wanted) or None,
                pure=False,
            )
            if mapped.error is not None:
                for _, _, future in group:
                    future.set_exception(executor_gone("the cluster takes no work", error_text(mapped.error)))
                continue
            self._follow([future for _, _, future in group], cast("Sequence[Any]", mapped.value))
        return futures

    def _wanted(self, resources: Mapping[str, float]) -> dict[str, float]:
        """What a batch asks of a worker, as far as workers declare such a resource."""
        found: dict[str, float] = {}
        for kind, amount in resources.items():
            for name, offered in self._offered.items():
                if name.upper() in _RESOURCES[kind]:
                    if amount > offered:
                        raise ExecutorError(
                            f"no worker of the cluster has as much of {name} as a task asks for",
                            expected=f"at most {offered:g}",
                            got=f"{amount:g}",
                            fix="ask for less, or start a worker with more (`dask worker --resources`)",
                        )
                    found[name] = amount
        return found

    def _follow(self, futures: Sequence[_DaskFuture], remotes: Sequence[Any]) -> None:
        """Have the collector wait for these, too."""
        with self._lock:
            for future, remote in zip(futures, remotes, strict=True):
                future.remote = remote
                self._waiting[remote.key] = future
            if self._completed is None:
                self._completed = importlib.import_module("distributed").as_completed(loop=self._client.loop)
            self._completed.update(remotes)
            if self._collector is None:
                self._collector = threading.Thread(target=self._collect, name="drawloom-dask", daemon=True)
                self._collector.start()
            self._lock.notify_all()

    def _collect(self) -> None:
        """Fetch results as they are ready, those that are ready together in one go."""
        while True:
            with self._lock:
                while not self._waiting and not self._closed:
                    self._lock.wait()
                if self._closed:
                    return
            ready = everything(self._completed.next_batch)
            if ready.error is not None:  # nothing is under way (StopIteration), or it was closed meanwhile
                continue
            remotes = cast("list[Any]", ready.value)
            if len(self._waiting) > _PLENTY * self._width:
                # The workers have enough to do, so nobody is kept waiting by fetching more results at once.
                time.sleep(_GATHERING)
                remotes += cast("list[Any]", everything(lambda: self._completed.next_batch(block=False)).value or [])
            with self._lock:
                futures = [self._waiting.pop(remote.key) for remote in remotes if remote.key in self._waiting]
            self._settle(futures)

    def _settle(self, futures: Sequence[_DaskFuture]) -> None:
        done = [future for future in futures if future.remote.status == "finished"]
        gathered = everything(lambda: self._client.gather([future.remote for future in done])) if done else None
        for number, future in enumerate(done):
            if gathered is not None and gathered.error is None:
                packed = cast("list[bytes]", gathered.value)[number]
            else:  # one of them was lost on its way: each by itself
                alone = everything(future.remote.result)
                if alone.error is not None:
                    self._fail(future, alone.error)
                    continue
                packed = cast("bytes", alone.value)
            remote, future.remote = future.remote, None
            remote.release()
            if future.set_running_or_notify_cancel():
                future.set_result(pickle.loads(packed))  # noqa: S301 - written by the run's own worker
        for future in futures:
            if future.remote is not None and not future.done():
                error = everything(future.remote.exception)
                self._fail(future, error.error or cast("BaseException | None", error.value))

    def _fail(self, future: _DaskFuture, error: BaseException | None) -> None:
        is_gone = self._client.status != "running" or type(error).__name__.endswith("CancelledError")
        future.remote = None
        if not future.set_running_or_notify_cancel():
            return
        if isinstance(error, (ExecutorError, KeyboardInterrupt)):
            future.set_exception(error)
        elif is_gone:
            gone = executor_gone("the scheduler is lost", error_text(error) if error is not None else "cancelled")
            gone.__cause__ = error
            future.set_exception(gone)
        else:
            died = worker_died(error_text(error) if error is not None else "nothing")
            died.__cause__ = error
            future.set_exception(died)

    def close(self) -> None:
        """Take back what is under way, and leave the cluster."""
        with self._lock:
            self._closed = True
            left = list(self._waiting.values())
            self._waiting.clear()
            self._lock.notify_all()
        remotes = [future.remote for future in left if future.remote is not None]
        if remotes and self._client.status == "running":
            attempt(self._client.cancel, remotes, force=True)
        for future in left:
            future.remote = None
            future.cancel()
        if self._completed is not None:
            self._completed.clear()
        if self._collector is not None and self._collector is not threading.current_thread():
            self._collector.join()
        if self._is_own:
            with _quiet():  # of a lost scheduler the run's own error tells
                attempt(self._client.close)


@contextlib.contextmanager
def _quiet() -> Generator[None, None, None]:
    """Keep Dask's log to itself for the block, where an error of the run's says what it would."""
    loggers = [logging.getLogger(f"distributed{name}") for name in ("", ".client", ".core", ".comm", ".utils")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)
