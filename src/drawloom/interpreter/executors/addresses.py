"""Executors by address, as `--executor` and `RunOptions.executor` name them."""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING, cast

from drawloom.interpreter.executors.given import GivenExecutor
from drawloom.interpreter.executors.protocol import AttemptExecutor, ExecutorError
from drawloom.interpreter.tasks.attempt_record import LOADS_TASK
from literals import preview

if TYPE_CHECKING:
    from concurrent.futures import Executor

FORMS = "process://N, dask://HOST:PORT or ray://HOST:PORT"
_MOST = 10_000
_DASK = "drawloom.interpreter.executors.dask"


def open_executor(address: str) -> AttemptExecutor:
    """The executor at an address, open until it is closed.

    Raises:
        ExecutorError: there is no such address, its library is not installed, or nobody answers.
    """
    if LOADS_TASK.get():
        raise ExecutorError(
            "a worker imports this module to find a task, and importing it starts a run on an executor",
            expected="a module that only defines when it is imported",
            got=address,
            fix='start the run below `if __name__ == "__main__":`',
        )
    scheme, sign, rest = address.partition("://")
    if scheme == "process" and sign:
        # Loaded when it is asked for: few runs have an executor.
        made: AttemptExecutor = importlib.import_module("drawloom.interpreter.executors.processes").ProcessExecutor(
            _count(address, rest)
        )
        return made
    if scheme == "dask" and rest:
        dask: AttemptExecutor = importlib.import_module(_DASK).DaskExecutor.at(rest, address)
        return dask
    if scheme == "ray" and rest:
        ray: AttemptExecutor = importlib.import_module("drawloom.interpreter.executors.ray").RayExecutor(rest, address)
        return ray
    raise ExecutorError(
        "this is not an address of an executor", expected=FORMS, got=preview(address), fix="use one of these"
    )


def _count(address: str, text: str) -> int:
    if not text:
        return os.cpu_count() or 1
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= _MOST:
        raise ExecutorError(
            "process:// takes a number of processes",
            expected=f"process://N with N from 1 to {_MOST}",
            got=address,
            fix="write process://2",
        )
    return int(text)


def chosen_executor(given: object) -> AttemptExecutor | None:
    """What makes the attempts of a run where its options say so: an address, a client, a `concurrent.futures.Executor`; None for None.

    Raises:
        ExecutorError: neither an address nor anything that takes work.
    """
    if isinstance(given, str):
        return open_executor(given)
    kind = type(given)
    if kind.__module__.split(".")[0] == "distributed" and kind.__name__ == "Client":
        dask: AttemptExecutor = importlib.import_module(_DASK).DaskExecutor(given)
        return dask
    if given is None:
        return None
    if not callable(getattr(given, "submit", None)):
        raise ExecutorError(
            "this is not an executor",
            expected=f"an address ({FORMS}), a client of Dask's, or a concurrent.futures.Executor",
            got=f"{type(given).__name__} {preview(given)}",
            fix='write "process://2", "dask://HOST:8786" or ThreadPoolExecutor(8)',
        )
    return GivenExecutor(cast("Executor", given))
