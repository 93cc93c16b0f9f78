"""A task attempt as plain data, for executors whose workers are other processes or machines.

What travels is picklable and small: loader and literal bytes there; output bytes, or a description of the error, back. An
error that can be pickled travels as itself, so that it is raised as its own class.
"""

from __future__ import annotations

import importlib
import pickle
import traceback
from typing import Any

from drawloom.interpreter.errors import TaskProcessError
from drawloom.interpreter.failures import ErrorKind, Failure
from drawloom.interpreter.tasks.callee import Callee
from drawloom.interpreter.tasks.outcome import Outcome, Pending, as_outcome, load_entity
from literals import attempt


def remote_attempt(loader: tuple[str, tuple[str, ...]], inputs: dict[str, bytes], name: str) -> dict[str, Any]:
    """Load the entity and run one attempt, in a worker. Gives `outputs`, or `error` with `text`, `kind`, `recoverable`."""
    entity = load_entity(*loader, where=f"task {name}")
    entity = getattr(entity, "run_task", entity)
    callee = Callee(entity, name)
    outcome = as_outcome(callee.call(inputs))
    if type(outcome) is Pending:
        outcome = outcome.context.run(importlib.import_module("asyncio").run, outcome.coroutine)
    failure = outcome.failure
    if failure is None:
        return {"outputs": dict(outcome.outputs or {})}
    text = "".join(traceback.format_exception(type(failure.error), failure.error, failure.traceback))
    packed = attempt(pickle.dumps, failure.error).value or b""  # the user's class may refuse
    return {"error": packed, "text": text, "kind": failure.kind.value, "recoverable": failure.recoverable}


def remote_outcome(result: dict[str, Any]) -> Outcome:
    """The outcome that a worker's answer stands for."""
    if "outputs" in result:
        return Outcome(result["outputs"])
    error: BaseException = TaskProcessError(
        "a task failed in another process", got=result["text"], recoverable=result["recoverable"]
    )
    if result["error"]:
        unpickled = attempt(pickle.loads, result["error"])  # the user's class, written by our own worker
        error = unpickled.value if isinstance(unpickled.value, BaseException) else error
    return Outcome(failure=Failure(error, ErrorKind(result["kind"]), recoverable=result["recoverable"]))
