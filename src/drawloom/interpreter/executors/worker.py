"""A worker process of `process://`: attempts come in as bytes, and what came of them goes back.

The attempts are made on the main thread, where a time limit can interrupt them; another thread reads, and ends the process when
whoever started it is gone.
"""

from __future__ import annotations

import os
import pickle
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Thread

from drawloom.interpreter.tasks.attempt_record import run_attempts
from drawloom.interpreter.tasks.threads import everything
from literals import CallResult

_LEFT = 3
"""The exit code of a worker that was left alone in the middle of its work."""


def serve(handle: int) -> None:
    """Make attempts until the other end of the connection is closed."""
    connection = Connection(handle)
    asked: SimpleQueue[bytes | None] = SimpleQueue()
    busy: list[bool] = []

    def read() -> None:
        try:
            while True:
                asked.put(connection.recv_bytes())
        except (EOFError, OSError):
            if busy:
                os._exit(_LEFT)  # the run is gone, and so is whoever wants the result
            asked.put(None)

    Thread(target=read, name="drawloom-asked", daemon=True).start()
    while (records := asked.get()) is not None:
        busy.append(True)
        done = everything(lambda records=records: run_attempts(pickle.loads(records)))  # noqa: S301 - written by who started this process
        packed = everything(lambda done=done: pickle.dumps(done))
        if packed.value is None:
            packed = everything(lambda packed=packed: pickle.dumps(CallResult(None, RuntimeError(repr(packed.error)))))
        busy.clear()
        try:
            connection.send_bytes(packed.value or b"")
        except OSError:
            return
