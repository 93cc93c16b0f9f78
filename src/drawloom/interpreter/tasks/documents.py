"""What a task's process leaves behind, and what it finds beyond the plain case: the documents of Flyte's container protocol.

`outputs.pb` (`LiteralMap`), `futures.pb` (`DynamicJobSpec`) or `error.pb` (`ErrorDocument`), written by `drawloom-execute`
and read by who started it. Loaded by `drawloom-execute` only when an attempt gives more than outputs, or is one of many.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from typing import Any, cast

from drawloom.context import file_access, join
from drawloom.interpreter.errors import (
    BaseRuntimeError,
    FlyteRecoverableException,
    InputError,
    TaskProcessError,
    said_code,
)
from drawloom.interpreter.failures import ErrorKind, Failure
from drawloom.interpreter.program.bindings import resolve, split_collection
from drawloom.interpreter.program.dynamic_job import DynamicJob
from drawloom.interpreter.program.planning import plan_graph
from drawloom.interpreter.tasks.entry_points import FAST, OURS, filled
from drawloom.interpreter.tasks.outcome import Outcome
from drawloom.ir import Key, lowering_for, refuses, restored_job, verify_for
from literals import DrawloomError, attempt, canonical_bytes, foreign_text, pack_map, parse, pb, preview, unpack_map

_SHOWN = 2000
_PLATFORM = "flyte1"
"""Whose protocol this is, and so who compiles what a dynamic task made."""
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
        InputError: a list has no such element, or the variables do not say which.
    """
    index = _element_index(entity.name)
    chosen: dict[str, bytes] = {}
    for name, literal in inputs.items():
        items = None if name in entity.bound_inputs else split_collection(literal)
        if items is not None and index >= len(items):
            raise InputError(
                f"there is no element {index} in the list {name!r}",
                where=entity.name,
                expected=f"at least {index + 1} elements",
                got=f"{len(items)} elements",
                fix="compile the map again: its list has changed",
            )
        chosen[name] = literal if items is None else items[index]
    return entity.run_task, chosen


def _element_index(where: str) -> int:
    named = os.environ.get("BATCH_JOB_ARRAY_INDEX_VAR_NAME", "")
    parts = {"BATCH_JOB_ARRAY_INDEX_OFFSET": os.environ.get("BATCH_JOB_ARRAY_INDEX_OFFSET") or "0"}
    parts[named or "BATCH_JOB_ARRAY_INDEX_VAR_NAME"] = os.environ.get(named, "") if named else ""
    index = 0
    for name, text in parts.items():
        if not text.strip().isdecimal():
            raise InputError(
                "the variables of this process do not say which element of the map task it is to run",
                where=f"{where}, variable {name}",
                expected="BATCH_JOB_ARRAY_INDEX_VAR_NAME to name a variable that holds a number from 0",
                got=preview(text) if text else "unset",
                fix="set both, as a platform does for each element",
            )
        index += int(text)
    return index


def install(packages: Sequence[str]) -> None:
    """Install what the task's image asks for at start (`_F_RUNTIME_PACKAGES`), with this interpreter's pip.

    Raises:
        TaskProcessError: pip failed.
    """
    command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--quiet", *packages]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)  # noqa: S603 - the task's own list
    if done.returncode:
        raise TaskProcessError(
            "the packages that the task asks for at start cannot be installed",
            where="_F_RUNTIME_PACKAGES",
            expected=" ".join(packages),
            got=done.stderr[-_SHOWN:].strip(),
            fix="put them into the image, or correct the image's runtime_packages",
        )


def told(outcome: Outcome) -> Outcome:
    """The outcome, its error having been written to standard error, where a platform collects what is logged."""
    if outcome.failure is not None:
        sys.stderr.write(traceback_text(outcome.failure).rstrip("\n") + "\n")
        sys.stderr.flush()
    return outcome


def completed(outcome: Outcome, distribution: str, dest_dir: str) -> Outcome:
    """A dynamic task's graph as a platform takes it: identifiers are complete, and its tasks come by their code as this one did."""
    if outcome.failure is not None or outcome.expansion is None:
        return outcome
    made = attempt(DynamicJob.of, outcome.expansion)
    if made.error is not None:
        return Outcome(failure=Failure(made.error))
    graph_spec = cast("DynamicJob", made.value)
    ids = {
        "project": variable("FLYTE_INTERNAL_TASK_PROJECT", "FLYTE_INTERNAL_EXECUTION_PROJECT", "_F_TK_PRJ", "_F_PRJ"),
        "domain": variable("FLYTE_INTERNAL_TASK_DOMAIN", "FLYTE_INTERNAL_EXECUTION_DOMAIN", "_F_TK_DM", "_F_DM"),
        "version": variable("FLYTE_INTERNAL_TASK_VERSION", "_F_TK_V"),
    }
    _complete(graph_spec.spec, ids)
    name = variable("FLYTE_INTERNAL_TASK_NAME", "_F_TK_NM") or "dynamic"
    spec = lowering_for(_PLATFORM, graph_spec.spec).job(graph_spec.spec, name)
    for problem in verify_for(_PLATFORM, spec):
        if refuses(_PLATFORM, problem):  # the platform says only that the workflow is malformed
            sys.stderr.write(f"the platform refuses what this task made: {problem}\n")
    graph_spec = DynamicJob(spec, graph_spec.workflows, graph_spec.plans, graph_spec.entities)
    if distribution:
        for task in graph_spec.spec.tasks:
            if task.WhichOneof("target") == "container":
                task.container.args[:] = _with_code([*task.container.args], distribution, dest_dir)
    return Outcome(expansion=graph_spec)


def _complete(message: Any, given: Mapping[str, str]) -> None:
    """Fill what registration would have filled into the identifiers below a message."""
    if isinstance(message, pb.Identifier):
        for name, text in given.items():
            if not getattr(message, name):
                setattr(message, name, text)
        return
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        if field.message_type.GetOptions().map_entry:
            inner = [each for each in value.values() if hasattr(each, "ListFields")]
        else:
            inner = list(value) if hasattr(value, "append") else [value]
        for each in inner:
            _complete(each, given)


def _with_code(arguments: list[str], distribution: str, dest_dir: str) -> list[str]:
    known = {"remote_package_path": distribution, "dest_dir": dest_dir}
    if arguments and arguments[0] in OURS:
        arguments = [FAST, "--additional-distribution", distribution, "--dest-dir", dest_dir or ".", "--", *arguments]
    return [filled(each, known) for each in arguments]


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
    document.error.code = _code(failure.error) or "USER:RuntimeError" if user else "SYSTEM"
    document.error.message = text
    document.error.kind = pb.ContainerError.RECOVERABLE if failure.recoverable else pb.ContainerError.NON_RECOVERABLE
    document.error.origin = pb.ExecutionError.USER if user else pb.ExecutionError.SYSTEM
    document.error.timestamp.FromNanoseconds(time.time_ns())
    document.error.worker = worker
    return document


def _code(error: BaseException) -> str:
    """The code that an error brings along: a coded one's own, flytekit's for an error that asks for another attempt, a user's."""
    if isinstance(error, FlyteRecoverableException):
        return "USER:Recoverable"
    if isinstance(error, (BaseRuntimeError, TaskProcessError)):
        return foreign_text(error.code)
    return said_code(error)


def traceback_text(failure: Failure) -> str:
    """The error's traceback, from the user's own frames, as it can be written anywhere."""
    error = failure.error
    shown = attempt(traceback.format_exception, type(error), error, failure.traceback)
    return foreign_text("".join(shown.value)) if shown.value is not None else failure.message()


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" if line else line for line in text.splitlines())


def read_document(folder: str | os.PathLike[str], name: str) -> Outcome | None:
    """The outcome that a task's process left in a folder; None if it left none.

    Raises:
        MalformedError: the bytes of a document are damaged.
    """
    base = os.fspath(folder)
    found = set(os.listdir(base)) if os.path.isdir(base) else set[str]()  # noqa: PTH112, PTH208 - a listing of names
    errors = sorted(each for each in found if each.startswith("error") and each.endswith(".pb"))
    if errors:
        with open(join(base, errors[0]), "rb") as file:  # noqa: PTH123 - a name below a folder
            document = parse(pb.ErrorDocument, file.read())
        return Outcome(failure=failure_of_document(document.error, name))
    for each in ("futures.pb", "outputs.pb"):
        if each in found:
            with open(join(base, each), "rb") as file:  # noqa: PTH123 - a name below a folder
                data = file.read()
            if each == "outputs.pb":
                return Outcome(unpack_map(data))
            return Outcome(expansion=DynamicJob(restored_job(parse(pb.DynamicJobSpec, data))))
    return None


def failure_of_document(error: pb.ContainerError, name: str) -> Failure:
    """The failure that an error document describes."""
    recoverable = error.kind == pb.ContainerError.RECOVERABLE
    kind = ErrorKind.SYSTEM if error.origin == pb.ExecutionError.SYSTEM else ErrorKind.USER
    text = error.message.rpartition("Message:")[2].strip() or error.message
    raised = TaskProcessError(f"the task failed: {text}", where=name, recoverable=recoverable, code=error.code)
    raised.document = error.message
    return Failure(raised, kind, recoverable=recoverable)
