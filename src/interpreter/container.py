"""`weft-execute`: one attempt of one task in a process of its own, Flyte's container protocol.

Reads `inputs.pb` (a `LiteralMap`), finds the task by `--resolver R -- <loader args>`, calls it, and writes into the output
prefix one of `outputs.pb` (`LiteralMap`), `futures.pb` (`DynamicJobSpec`) or `error.pb` (`ErrorDocument`). A map task's element
is chosen by `BATCH_JOB_ARRAY_INDEX_OFFSET` plus the variable that `BATCH_JOB_ARRAY_INDEX_VAR_NAME` names. A failure is written
down and the exit code is 0, unless `FLYTE_FAIL_ON_ERROR` is true. Template arguments that were not filled in count as absent.
"""

from __future__ import annotations

import argparse
import importlib
import os
import pickle
import sys
import tempfile
import time
import traceback
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from context import (
    ActionID,
    CheckpointPaths,
    ExecutionMode,
    FileAccessProvider,
    RawDataPath,
    SyncCheckpoint,
    TaskContext,
    file_access,
    join,
    using,
)
from interpreter.callee import Callee
from interpreter.errors import ErrorKind, Failure, InputError, TaskProcessError
from interpreter.executor import OUTPUT_METADATA, Outcome, OutputMetadata, Pending, as_outcome, load_entity
from interpreter.grown import Grown
from interpreter.planning import plan_graph
from interpreter.resolve import resolve, split_collection
from ir import Key
from literals import WeftError, attempt, canonical_bytes, pack_map, pb, unpack_map

_IGNORE = "IgnoreOutputs"
ERROR_VARIABLE = "WEFT_ERROR_PICKLE"
"""Where a parent of ours wants the exception itself, beside the document; unset elsewhere."""
_PLACES = ("inputs", "output_prefix", "raw_output_data_prefix", "checkpoint_path", "prev_checkpoint")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="weft-execute", description="Run one attempt of one task.", allow_abbrev=False
    )
    parser.add_argument("--inputs", required=True, help="the inputs.pb to read")
    parser.add_argument("--output-prefix", required=True, help="the folder that outputs.pb or error.pb is written to")
    parser.add_argument("--raw-output-data-prefix", default="", help="where files and frames are stored")
    parser.add_argument("--checkpoint-path", default="", help="where this attempt's checkpoint goes")
    parser.add_argument("--prev-checkpoint", default="", help="the checkpoint of the attempt before")
    parser.add_argument("--resolver", required=True, help="dotted path of the object that finds the task")
    parser.add_argument("--dynamic-addl-distro", default="", help="code archive for tasks made by this one")
    parser.add_argument("--dynamic-dest-dir", default="", help="where that archive is unpacked")
    parser.add_argument("loader", nargs="*", help="arguments that lead the resolver to the task")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """The console command. Gives the exit code."""
    given = list(sys.argv[1:] if argv is None else argv)
    # What stands behind `--` is the loader's, whatever it looks like.
    cut = given.index("--") if "--" in given else len(given)
    args = _parser().parse_args(given[:cut])
    for name in _PLACES:
        if "{{" in getattr(args, name):
            setattr(args, name, "")
    failed = execute(args, [*args.loader, *given[cut + 1 :]])
    return 1 if failed and os.environ.get("FLYTE_FAIL_ON_ERROR", "").lower() in {"true", "1"} else 0


def execute(args: argparse.Namespace, loader: Sequence[str]) -> bool:
    """Run the attempt and write its document. Gives whether it failed."""
    sys.path[:0] = [folder for folder in ("", os.getcwd()) if folder not in sys.path]  # noqa: PTH109 - an entry of sys.path
    with tempfile.TemporaryDirectory(prefix="weft-execute-") as sandbox:
        provider = FileAccessProvider(sandbox, args.raw_output_data_prefix or None)
        with using(file_access=provider, task=_task_context(args), extras={OUTPUT_METADATA: OutputMetadata()}):
            outcome = _attempted(args, loader)
            if outcome.failure is not None and type(outcome.failure.error).__name__ == _IGNORE:
                return False
            _leave_error(outcome)
            name, data = _document(outcome)
            file_access().write_bytes(join(args.output_prefix, name), data)
            return outcome.failure is not None


def _leave_error(outcome: Outcome) -> None:
    place = os.environ.get(ERROR_VARIABLE)
    if outcome.failure is not None and place:
        packed = attempt(pickle.dumps, outcome.failure.error).value  # the user's class may refuse
        if packed:
            file_access().write_bytes(place, packed)


def _attempted(args: argparse.Namespace, loader: Sequence[str]) -> Outcome:
    read = attempt(lambda: unpack_map(file_access().read_bytes(args.inputs)))
    if read.error is not None:
        return Outcome(failure=Failure(read.error, ErrorKind.SYSTEM, recoverable=True))
    loaded = attempt(load_entity, args.resolver, loader)
    if loaded.error is not None:
        return Outcome(failure=Failure(loaded.error))
    entity: Any = loaded.value
    inputs = read.value or {}
    if hasattr(entity, "element_interface"):
        chosen = attempt(_element, entity, inputs)
        if chosen.error is not None:
            return Outcome(failure=Failure(chosen.error, ErrorKind.SYSTEM))
        entity, inputs = chosen.value or (entity, inputs)
    dynamic = bool(getattr(entity, "is_dynamic", False))
    mode = ExecutionMode.DYNAMIC_TASK_EXECUTION if dynamic else ExecutionMode.TASK_EXECUTION
    callee = Callee(entity, entity.name, parameters=lambda _: _parameters(args), mode=mode)
    outcome = as_outcome(callee.call(inputs))
    if type(outcome) is Pending:
        outcome = outcome.context.run(importlib.import_module("asyncio").run, outcome.coroutine)
    return outcome


def _element(entity: Any, inputs: Mapping[str, bytes]) -> tuple[Any, dict[str, bytes]]:
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


def _parameters(args: argparse.Namespace) -> dict[str, Any]:
    parameters: dict[str, Any] = {"execution_id": _execution_id, "task_id": _task_id}
    if args.checkpoint_path:
        parameters["checkpoint"] = lambda: SyncCheckpoint(args.checkpoint_path, args.prev_checkpoint or None)
    if args.raw_output_data_prefix:
        parameters["raw_output_prefix"] = args.raw_output_data_prefix
    return parameters


def _variable(*names: str) -> str:
    return next((os.environ[name] for name in names if os.environ.get(name)), "")


def _execution_id() -> Any:
    return pb.WorkflowExecutionIdentifier(
        project=_variable("FLYTE_INTERNAL_EXECUTION_PROJECT", "_F_PRJ"),
        domain=_variable("FLYTE_INTERNAL_EXECUTION_DOMAIN", "_F_DM"),
        name=_variable("FLYTE_INTERNAL_EXECUTION_ID", "_F_NM"),
    )


def _task_id() -> Any:
    return pb.Identifier(
        resource_type=pb.ResourceType.TASK,
        project=_variable("FLYTE_INTERNAL_TASK_PROJECT", "_F_TK_PRJ"),
        domain=_variable("FLYTE_INTERNAL_TASK_DOMAIN", "_F_TK_DM"),
        name=_variable("FLYTE_INTERNAL_TASK_NAME", "_F_TK_NM"),
        version=_variable("FLYTE_INTERNAL_TASK_VERSION", "_F_TK_V"),
    )


def _task_context(args: argparse.Namespace) -> TaskContext:
    execution = _execution_id()
    action = ActionID(
        name=_variable("ACTION_NAME") or "a0",
        run_name=execution.name or None,
        project=execution.project or None,
        domain=execution.domain or None,
    )
    paths = CheckpointPaths(args.prev_checkpoint or None, args.checkpoint_path) if args.checkpoint_path else None
    return TaskContext(
        action=action,
        version=_variable("FLYTE_INTERNAL_TASK_VERSION", "_F_TK_V"),
        raw_data_path=RawDataPath(args.raw_output_data_prefix) if args.raw_output_data_prefix else RawDataPath(),
        input_path=args.inputs,
        output_path=args.output_prefix,
        checkpoint_paths=paths,
        mode="remote",
    )


def _document(outcome: Outcome) -> tuple[str, bytes]:
    """Name and content of the file that says what came out."""
    if outcome.failure is None and outcome.expansion is None:
        return "outputs.pb", pack_map(outcome.outputs or {})
    if outcome.failure is None:
        made = Grown.of(outcome.expansion)
        if made.spec.nodes:
            return "futures.pb", canonical_bytes(made.spec)
        graph = plan_graph(Key(1, "", "", "", ""), (), made.spec.outputs)
        outputs = attempt(lambda: {name: resolve(plan, [{}], name) for name, plan in graph.outputs})
        if outputs.error is None:
            return "outputs.pb", pack_map(outputs.value or {})
        outcome = Outcome(failure=Failure(outputs.error))
    failure = outcome.failure or Failure(WeftError("no outcome"))
    distributed = _variable("_F_DES", "FLYTE_INTERNAL_DIST_ERROR_STRATEGY")
    name = f"error-{uuid.uuid4().hex}.pb" if distributed else "error.pb"
    return name, canonical_bytes(error_document(failure, worker=_variable("_F_WN") if distributed else ""))


def error_document(failure: Failure, *, worker: str = "") -> Any:
    """The `ErrorDocument` of a failure: user errors as `USER:RuntimeError`, conversions and storage as `SYSTEM`."""
    error, user = failure.error, failure.kind is ErrorKind.USER
    trace = "".join(traceback.format_exception(type(error), error, failure.traceback))
    text = f"Trace:\n\n{_indented(trace)}\nMessage:\n\n{_indented(f'{type(error).__name__}: {error}')}"
    document = pb.ErrorDocument()
    document.error.code = "USER:RuntimeError" if user else "SYSTEM"
    document.error.message = text
    document.error.kind = pb.ContainerError.RECOVERABLE if failure.recoverable else pb.ContainerError.NON_RECOVERABLE
    document.error.origin = pb.ExecutionError.USER if user else pb.ExecutionError.SYSTEM
    document.error.timestamp.FromNanoseconds(time.time_ns())
    document.error.worker = worker
    return document


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
            return Outcome(expansion=Grown(pb.DynamicJobSpec.FromString(data)))
    return None


def failure_of_document(error: Any, name: str) -> Failure:
    """The failure that an error document describes."""
    recoverable = error.kind == pb.ContainerError.RECOVERABLE
    kind = ErrorKind.SYSTEM if error.origin == pb.ExecutionError.SYSTEM else ErrorKind.USER
    text = error.message.rpartition("Message:")[2].strip() or error.message
    raised = TaskProcessError(f"the task failed: {text}", where=name, recoverable=recoverable, code=error.code)
    raised.document = error.message
    return Failure(raised, kind, recoverable)
