"""What a task's process leaves behind, and what it finds beyond the plain case: the documents of Flyte's container protocol.

`outputs.pb` (`LiteralMap`), `futures.pb` (`DynamicJobSpec`) or `error.pb` (`ErrorDocument`), written by `drawloom-execute`
and read by who started it. Loaded by `drawloom-execute` only when an attempt gives more than outputs, or is one of many.
"""

from __future__ import annotations

import os
import pickle
import time
import traceback
from collections.abc import Mapping
from typing import Any

from drawloom.context import file_access, join
from drawloom.interpreter.errors import InputError, TaskProcessError
from drawloom.interpreter.failures import ErrorKind, Failure
from drawloom.interpreter.program.bindings import resolve, split_collection
from drawloom.interpreter.program.dynamic_job import DynamicJob
from drawloom.interpreter.program.planning import plan_graph
from drawloom.interpreter.tasks.outcome import Outcome
from drawloom.ir import Key
from literals import DrawloomError, attempt, canonical_bytes, foreign_text, pack_map, pb, unpack_map

ERROR_VARIABLE = "DRAWLOOM_ERROR_PICKLE"
"""Where a parent of ours wants the exception itself, beside the document; unset elsewhere."""


def variable(*names: str) -> str:
    """The first of these environment variables that is set to something."""
    return next((os.environ[name] for name in names if os.environ.get(name)), "")


def leave_error(outcome: Outcome) -> None:
    """Leave the exception itself for a parent of ours that asks for it."""
    place = os.environ.get(ERROR_VARIABLE)
    if outcome.failure is not None and place:
        packed = attempt(pickle.dumps, outcome.failure.error).value  # the user's class may refuse
        if packed:
            file_access().write_bytes(place, packed)


def element_of(entity: Any, inputs: Mapping[str, bytes]) -> tuple[Any, dict[str, bytes]]:
    """The task of a map task, and the inputs of the element that the platform's variables number.

    Raises:
        InputError: a list has no such element.
    """
    variable = os.environ.get("BATCH_JOB_ARRAY_INDEX_VAR_NAME", "")
    index = int(os.environ.get("BATCH_JOB_ARRAY_INDEX_OFFSET") or 0) + int(os.environ.get(variable) or 0)
    chosen: dict[str, bytes] = {}
    for name, literal in inputs.items():
        items = None if name in entity.bound_inputs else split_collection(literal)
        if items is not None and index >= len(items):
            raise InputError(
                f"there is no element {index} in the list {name!r}", where=entity.name, got=f"{len(items)} elements"
            )
        chosen[name] = literal if items is None else items[index]
    return entity.run_task, chosen


def document_of(outcome: Outcome) -> tuple[str, bytes]:
    """Name and content of the file that says what came out."""
    if outcome.failure is None and outcome.expansion is None:
        return "outputs.pb", pack_map(outcome.outputs or {})
    if outcome.failure is None:
        made = DynamicJob.of(outcome.expansion)
        if made.spec.nodes:
            return "futures.pb", canonical_bytes(made.spec)
        graph = plan_graph(Key(1, "", "", "", ""), (), made.spec.outputs)
        outputs = attempt(lambda: {name: resolve(plan, [{}], name) for name, plan in graph.outputs})
        if outputs.error is None:
            return "outputs.pb", pack_map(outputs.value or {})
        outcome = Outcome(failure=Failure(outputs.error))
    failure = outcome.failure or Failure(DrawloomError("no outcome"))
    distributed = variable("_F_DES", "FLYTE_INTERNAL_DIST_ERROR_STRATEGY")
    name = f"error-{os.urandom(16).hex()}.pb" if distributed else "error.pb"
    return name, canonical_bytes(error_document(failure, worker=variable("_F_WN") if distributed else ""))


def error_document(failure: Failure, *, worker: str = "") -> Any:
    """The `ErrorDocument` of a failure: user errors as `USER:RuntimeError`, conversions and storage as `SYSTEM`."""
    user = failure.kind is ErrorKind.USER
    trace = traceback_text(failure)
    text = f"Trace:\n\n{_indented(trace)}\nMessage:\n\n{_indented(failure.message())}"
    document = pb.ErrorDocument()
    document.error.code = "USER:RuntimeError" if user else "SYSTEM"
    document.error.message = text
    document.error.kind = pb.ContainerError.RECOVERABLE if failure.recoverable else pb.ContainerError.NON_RECOVERABLE
    document.error.origin = pb.ExecutionError.USER if user else pb.ExecutionError.SYSTEM
    document.error.timestamp.FromNanoseconds(time.time_ns())
    document.error.worker = worker
    return document


def traceback_text(failure: Failure) -> str:
    """The error's traceback, from the user's own frames, as it can be written anywhere."""
    error = failure.error
    shown = attempt(traceback.format_exception, type(error), error, failure.traceback)
    return foreign_text("".join(shown.value)) if shown.value is not None else failure.message()


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" if line else line for line in text.splitlines())


def read_document(folder: str | os.PathLike[str], name: str) -> Outcome | None:
    """The outcome that a task's process left in a folder; None if it left none."""
    base = os.fspath(folder)
    found = set(os.listdir(base)) if os.path.isdir(base) else set[str]()  # noqa: PTH112, PTH208 - a listing of names
    errors = sorted(each for each in found if each.startswith("error") and each.endswith(".pb"))
    if errors:
        with open(join(base, errors[0]), "rb") as file:  # noqa: PTH123 - a name below a folder
            document = pb.ErrorDocument.FromString(file.read())
        return Outcome(failure=failure_of_document(document.error, name))
    for each in ("futures.pb", "outputs.pb"):
        if each in found:
            with open(join(base, each), "rb") as file:  # noqa: PTH123 - a name below a folder
                data = file.read()
            if each == "outputs.pb":
                return Outcome(unpack_map(data))
            return Outcome(expansion=DynamicJob(pb.DynamicJobSpec.FromString(data)))
    return None


def failure_of_document(error: Any, name: str) -> Failure:
    """The failure that an error document describes."""
    recoverable = error.kind == pb.ContainerError.RECOVERABLE
    kind = ErrorKind.SYSTEM if error.origin == pb.ExecutionError.SYSTEM else ErrorKind.USER
    text = error.message.rpartition("Message:")[2].strip() or error.message
    raised = TaskProcessError(f"the task failed: {text}", where=name, recoverable=recoverable, code=error.code)
    raised.document = error.message
    return Failure(raised, kind, recoverable=recoverable)
