"""`ray://HOST:PORT`: the workers of a Ray cluster, through Ray's client.

Each batch is one Ray task, which Ray does not try again: a worker that dies is a lost attempt, and the run makes another one. Ray
starts as many at once as the cluster has CPUs; a task that asks for CPUs, memory or GPUs gets them, and one that asks for more than
any machine has is refused, where Ray would wait without end. A process has one connection to Ray, which runs to the same address share.
"""

from __future__ import annotations

import importlib
import logging
import math
import pickle
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from functools import partial
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
from literals import CallResult, attempt, error_text

_LOOKING = 5.0
"""Seconds after which it is looked anew which machines there are."""
_CONNECTING = 3
"""How often a connection is tried whose server's process did not start."""
_NOT_STARTED = "Starting Ray client server failed"
"""What Ray says then."""
_OPTIONS: Mapping[str, tuple[str, str]] = {
    "cpu": ("num_cpus", "CPU"),
    "memory": ("memory", "memory"),
    "gpu": ("num_gpus", "GPU"),
}
"""Kind that a task asks for -> the option of a Ray task, and the resource of a machine."""
_lock = threading.Lock()
_users: dict[str, int] = {}
"""Executors that are open, by the address of the connection that they share; at most one address."""


@final
class _RayFuture(Future[Sequence[AttemptResult]]):
    """A future whose cancelling reaches the cluster: the process that makes the attempt is ended."""

    def __init__(self, end: Callable[[object], object]) -> None:
        """`end`: ends a task of Ray's, with its process if it has begun."""
        super().__init__()
        self._end = end
        self.remote: object = None

    def cancel(self) -> bool:
        """Take it back; what has begun is ended with its process."""
        cancelled = super().cancel()
        if self.remote is not None:
            attempt(self._end, self.remote)
        return cancelled


@final
class RayExecutor:
    """Attempts on a Ray cluster."""

    shares_files = False
    is_here = False
    holds_time = True

    def __init__(self, netloc: str, address: str) -> None:
        """`address`: as it was written.

        Raises:
            ExecutorError: the library is not installed, nobody answers, or this process is connected to another cluster.
        """
        found = attempt(importlib.import_module, "ray")
        if found.error is not None:
            raise ExecutorError(
                "ray:// needs the library `ray`",
                where=address,
                expected="ray, installed",
                got=error_text(found.error),
                fix="pip install 'drawloom[ray]'",
            ) from found.error
        self._ray = cast("Any", found.value)
        self._address = address
        self._shipper: CodeShipper | None = None
        self._waiting: set[_RayFuture] = set()
        self._closed = False
        self._connect(f"ray://{netloc}")
        self._make = self._ray.remote(make_batch)
        self._width = 1
        self._offered: dict[str, float] = {}
        self._look()

    def _connect(self, url: str) -> None:
        with _lock:
            if not _users and self._ray.is_initialized():
                raise ExecutorError(
                    "this process is connected to a Ray cluster already, and has one connection only",
                    where=self._address,
                    expected="a process without a connection to Ray",
                    got="one that somebody else made",
                    fix="call ray.shutdown() before the run, which connects by itself",
                )
            if _users and url not in _users:
                raise ExecutorError(
                    "a run of this process is connected to another Ray cluster, and a process has one connection only",
                    where=self._address,
                    expected=next(iter(_users)),
                    got=url,
                    fix="wait for that run, or start this one in a process of its own",
                )
            if not _users:
                made = self._initialized(url)
                if made.error is not None:
                    if isinstance(made.error, KeyboardInterrupt):
                        raise made.error
                    raise ExecutorError(
                        "no Ray cluster answers",
                        where=self._address,
                        expected="the address of Ray's client server (`ray start --head` opens it on port 10001), and the same "
                        "versions of Ray and Python here and there",
                        got=error_text(made.error),
                        fix="start it, or correct the address",
                    ) from made.error
            _users[url] = _users.get(url, 0) + 1
        self._url = url

    def _initialized(self, url: str) -> CallResult[Any]:
        """What came of connecting. The head starts a process for each client, which dies now and then as it is forked."""
        made: CallResult[Any] = CallResult(None, None)
        for _ in range(_CONNECTING):
            made = everything(lambda: self._ray.init(url, logging_level=logging.CRITICAL, log_to_driver=False))
            if made.error is None:
                break
            attempt(self._ray.shutdown)
            if _NOT_STARTED not in str(made.error):
                break
        return made

    @property
    def width(self) -> int:
        """The CPUs of the cluster at present."""
        return self._width

    def _look(self) -> None:
        """See which machines there are."""
        self._looked = time.monotonic()
        nodes = cast("list[Mapping[str, Any]]", attempt(self._ray.nodes).value or [])
        self._nodes = [each for each in nodes if each.get("Alive", each.get("alive"))]
        self._offered = {}
        cpus = 0.0
        for node in self._nodes:
            resources = cast("Mapping[str, float]", node.get("Resources", {}))
            cpus += resources.get("CPU", 0.0)
            for name, amount in resources.items():
                self._offered[name] = max(self._offered.get(name, 0.0), float(amount))
        self._width = max(1, int(cpus))

    def check_storage(self, prefix: str, data_config: Storage | StorageSource | None) -> None:
        """Have a worker of every machine read a file below the prefix.

        Raises:
            ExecutorError: one cannot read it, or has no drawloom.
        """
        self._shipper = CodeShipper(prefix, data_config)
        pinned = importlib.import_module("ray.util.scheduling_strategies").NodeAffinitySchedulingStrategy
        look = self._ray.remote(try_storage)
        with storage_trial(prefix, data_config) as (address, token):
            for node in self._nodes:
                strategy = pinned(node_id=node["NodeID"], soft=False)
                asked = everything(
                    lambda strategy=strategy: self._ray.get(
                        look.options(num_cpus=0, max_retries=0, scheduling_strategy=strategy).remote(
                            address, data_config
                        )
                    )
                )
                if isinstance(asked.error, KeyboardInterrupt):
                    raise asked.error
                check_answer(str(node.get("NodeManagerAddress", "")), token, address, asked.error or asked.value)

    def submit(self, batches: Sequence[Batch]) -> Sequence[BatchFuture]:
        """Hand batches over, from any thread."""
        if self._shipper is None:
            raise ExecutorError(
                "the raw-data prefix of the run was not looked at",
                where=self._address,
                expected="check_storage before the first batch",
                got="a batch",
                fix="report this as a bug",
            )
        if time.monotonic() - self._looked > _LOOKING:
            self._look()  # clusters grow and shrink
        code = self._shipper.shipped()
        futures: list[BatchFuture] = []
        for batch in batches:
            future = _RayFuture(partial(self._ray.cancel, force=True))
            futures.append(future)
            packed = everything(lambda batch=batch: pickle.dumps(list(batch.records)))  # a user's values are in it
            wanted = attempt(self._wanted, batch.resources)
            if packed.error is not None or wanted.error is not None:
                future.set_exception(packed.error or wanted.error)
                continue
            options = {"name": batch.key, "max_retries": 0, **wanted.unwrap()}
            made = everything(
                lambda options=options, packed=packed: self._make.options(**options).remote(code, packed.value)
            )
            if made.error is not None:
                future.set_exception(executor_gone("the cluster takes no work", error_text(made.error), self._address))
                continue
            self._follow(future, made.value)
        return futures

    def _wanted(self, resources: Mapping[str, float]) -> dict[str, float]:
        """The options of a Ray task for what a batch asks for."""
        found: dict[str, float] = {}
        for kind, amount in resources.items():
            option, name = _OPTIONS[kind]
            asked = amount if amount <= 1 else math.ceil(amount)  # Ray gives parts of one, and whole ones
            if asked > self._offered.get(name, 0.0):
                raise ExecutorError(
                    f"no machine of the cluster has as much of {name} as a task asks for",
                    where=self._address,
                    expected=f"at most {self._offered.get(name, 0.0):g}",
                    got=f"{amount:g}",
                    fix="ask for less, or add a machine with more",
                )
            found[option] = asked
        return found

    def _follow(self, future: _RayFuture, remote: object) -> None:
        future.remote = remote
        self._waiting.add(future)
        cast("Any", remote).future().add_done_callback(partial(self._settle, future))

    def _settle(self, future: _RayFuture, given: Future[Any]) -> None:
        """A batch has ended; on the thread of Ray's client."""
        self._waiting.discard(future)
        future.remote = None
        answer = everything(given.result)
        if not future.set_running_or_notify_cancel():
            return
        if answer.error is None:
            future.set_result(pickle.loads(cast("bytes", answer.value)))  # noqa: S301 - written by the run's own worker
        else:
            future.set_exception(self._reason(answer.error))

    def _reason(self, error: BaseException) -> BaseException:
        """Why there is no answer: the batch's own error, a worker that died, or a cluster that is gone."""
        kinds = self._ray.exceptions
        if isinstance(error, kinds.RayTaskError):
            cause: object = getattr(error, "cause", None)
            if isinstance(cause, (ExecutorError, KeyboardInterrupt)):
                return cause
        is_here = isinstance(error, kinds.RayError) and self._ray.is_initialized()
        said = error_text(error)
        told = worker_died(said) if is_here else executor_gone("the cluster is lost", said, self._address)
        told.__cause__ = error
        return told

    def close(self) -> None:
        """End what is under way, and leave the cluster."""
        if self._closed:
            return
        self._closed = True
        for future in list(self._waiting):
            future.cancel()
        with _lock:
            _users[self._url] -= 1
            if not _users[self._url]:
                del _users[self._url]
                attempt(self._ray.shutdown)
