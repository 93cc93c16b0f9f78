"""`process://N`: N worker processes of this machine, each of which makes one batch of attempts after the other.

Unlike a `ProcessPoolExecutor`, a worker that dies takes only its own batch with it and is replaced, one that overruns its time
in code that cannot be interrupted is killed, and nothing has to be picklable but what a record holds. Workers see the folders of
this process's path and its environment, and end with it, however it ends.
"""

from __future__ import annotations

import os
import pickle
import socket
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from multiprocessing.connection import Connection
from typing import cast, final

from drawloom.context import Storage, StorageSource
from drawloom.interpreter.executors.protocol import Batch, BatchFuture, ExecutorError, WorkerDiedError
from drawloom.interpreter.failures import ErrorKind, Failure
from drawloom.interpreter.tasks.attempt_record import AttemptRecord, AttemptResult, failed_result
from drawloom.interpreter.tasks.threads import everything
from drawloom.interpreter.tasks.timeouts import overran
from literals import CallResult

_START = "import sys; from drawloom.interpreter.executors.worker import serve; serve(int(sys.argv[1]))"
_GRACE = 2.0
"""Seconds beyond its time after which a worker that cannot be interrupted is killed."""
_ENDING = 5.0
"""Seconds that a worker has to end by itself."""


@final
class _ProcessFuture(Future[Sequence[AttemptResult]]):
    """A future whose work can be ended when it has begun: its process is killed."""

    def __init__(self) -> None:
        super().__init__()
        self._process: subprocess.Popen[bytes] | None = None
        self._is_wanted = True
        self._lock = threading.Lock()

    def cancel(self) -> bool:
        """Cancel it, or kill the worker that is at it; whoever waits then gets a WorkerDiedError."""
        if super().cancel():
            return True
        with self._lock:
            self._is_wanted = False
            if self._process is not None:
                self._process.kill()
        return False

    def at(self, process: subprocess.Popen[bytes] | None) -> None:
        """Which process is at it from now on; None when it has ended there."""
        with self._lock:
            self._process = process
            if process is not None and not self._is_wanted:
                process.kill()


@final
class _Worker:
    """One worker process, and the connection to it."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        paths = os.pathsep.join(filter(None, sys.path))
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603 - this interpreter, and a number
                [sys.executable, "-c", _START, str(theirs.fileno())],
                env={**os.environ, "PYTHONPATH": paths},
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                # What the terminal sends to a group is for the run, which ends its workers itself.
                start_new_session=True,
            )
        self._connection = Connection(ours.detach())

    def ask(self, records: bytes, limit: float | None) -> Sequence[AttemptResult] | None:
        """Have attempts made; None if they did not end within `limit` seconds, and then the worker is killed.

        Raises:
            WorkerDiedError: the process ended.
            BaseException: what an attempt raised beside its outcome.
        """
        try:
            self._connection.send_bytes(records)
            if not self._connection.poll(limit):
                self.end(kill=True)
                return None
            answer = cast("CallResult[Sequence[AttemptResult]]", pickle.loads(self._connection.recv_bytes()))  # noqa: S301 - written by our own worker
        except (EOFError, OSError) as error:
            code = self.end(kill=True)
            how = f"signal {-code}" if code < 0 else f"exit code {code}"
            raise WorkerDiedError(
                f"the worker process {self.process.pid} ended with {how}",
                expected="an answer",
                got=how,
                fix="read what it printed; a process that was killed often had too little memory",
            ) from error
        return answer.unwrap()

    def end(self, *, kill: bool = False) -> int:
        """End the process; gives its exit code."""
        if not self._connection.closed:
            self._connection.close()
        if kill:
            self.process.kill()
        try:
            return self.process.wait(_ENDING)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


@final
class ProcessExecutor:
    """Attempts in processes of this machine."""

    shares_files = True
    is_here = False
    holds_time = True

    def __init__(self, width: int) -> None:
        """`width`: how many processes; each is started when there is work for it.

        Raises:
            ExecutorError: the system cannot hand a connection to a process.
        """
        if not hasattr(socket, "AF_UNIX") or os.name != "posix":
            raise ExecutorError(
                "process:// needs a POSIX system",
                expected="POSIX: Linux or macOS",
                got=os.name,
                fix="use threads, or --isolation process",
            )
        self.width = width
        self._queue: deque[tuple[_ProcessFuture, bytes, float | None, Batch]] = deque()
        self._changed = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._idle = 0
        self._closed = False
        self._under_way: set[_ProcessFuture] = set()

    def check_storage(self, prefix: str, data_config: Storage | StorageSource | None) -> None:
        """Workers are on this machine."""

    def submit(self, batches: Sequence[Batch]) -> Sequence[BatchFuture]:
        """Hand batches over, from any thread."""
        futures: list[_ProcessFuture] = []
        for batch in batches:
            future = _ProcessFuture()
            futures.append(future)
            packed = everything(lambda records=list(batch.records): pickle.dumps(records))  # a user's values are in it
            if packed.error is not None or packed.value is None:
                future.set_exception(packed.error or RuntimeError("no bytes"))
                continue
            limit = sum(record.timeout + _GRACE for record in batch.records)
            timed = all(record.timeout for record in batch.records)
            with self._changed:
                self._queue.append((future, packed.value, limit if timed else None, batch))
                if self._idle:
                    self._changed.notify()
                elif len(self._threads) < self.width:
                    thread = threading.Thread(
                        target=self._serve, name=f"drawloom-process-{len(self._threads) + 1}", daemon=True
                    )
                    self._threads.append(thread)
                    thread.start()
        return futures

    def _serve(self) -> None:
        """Feed one worker, and the one that replaces it."""
        worker: _Worker | None = None
        while True:
            with self._changed:
                self._idle += 1
                while not self._queue and not self._closed:
                    self._changed.wait()
                self._idle -= 1
                if self._closed:
                    break
                future, packed, limit, batch = self._queue.popleft()
                if not future.set_running_or_notify_cancel():
                    continue
                self._under_way.add(future)
            if worker is None or worker.process.poll() is not None:
                made = everything(_Worker)
                if made.value is None:
                    self._under_way.discard(future)
                    future.set_exception(made.error or WorkerDiedError("no worker"))
                    continue
                worker = made.value
            future.at(worker.process)
            asked = everything(lambda worker=worker, packed=packed, limit=limit: worker.ask(packed, limit))
            future.at(None)
            self._under_way.discard(future)
            if asked.error is not None:
                future.set_exception(asked.error)
            elif asked.value is None:
                future.set_result([_late(record) for record in batch.records])
            else:
                future.set_result(asked.value)
        if worker is not None:
            worker.end()

    def close(self) -> None:
        """Kill what is under way, and end the workers."""
        with self._changed:
            self._closed = True
            dropped = list(self._queue)
            self._queue.clear()
            under_way = list(self._under_way)
            self._changed.notify_all()
        for future, *_ in dropped:
            future.cancel()
        for future in under_way:
            future.cancel()
        for thread in self._threads:
            thread.join()


def _late(record: AttemptRecord) -> AttemptResult:
    error = overran(f"{record.name} (attempt {record.number})", record.timeout, killed=True)
    return failed_result(Failure(error, ErrorKind.USER, recoverable=True))
