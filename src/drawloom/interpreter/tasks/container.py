"""`drawloom-execute`: one attempt of one task in a process of its own, Flyte's container protocol.

Reads `inputs.pb` (a `LiteralMap`), finds the task by `--resolver R -- <loader args>`, calls it, and writes into the output
prefix one of `outputs.pb` (`LiteralMap`), `futures.pb` (`DynamicJobSpec`) or `error.pb` (`ErrorDocument`), and the task's
`deck.html` if it has one. A map task's element
is chosen by `BATCH_JOB_ARRAY_INDEX_OFFSET` plus the variable that `BATCH_JOB_ARRAY_INDEX_VAR_NAME` names. A failure is written
down and the exit code is 0, unless `FLYTE_FAIL_ON_ERROR` is true. Template arguments that were not filled in count as absent.

A platform starts this process for every attempt of every task, so nothing is loaded that a plain task does not use: storage,
the task's context and the other documents are made when something asks for them.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any, NoReturn, final

from drawloom import context as ambient
from drawloom.context import (
    OUTPUT_METADATA,
    Deferred,
    ExecutionMode,
    LateState,
    OutputMetadataTracker,
    activate,
    current,
    restore,
)
from drawloom.interpreter.failures import ErrorKind, Failure
from drawloom.interpreter.tasks.callee import Callee
from drawloom.interpreter.tasks.env_vars import CUSTOM_CONTEXT, LOGS, PARAMETERS
from drawloom.interpreter.tasks.outcome import Outcome, Pending, as_outcome, load_entity
from literals import attempt, pack_map, pb, unpack_map

_IGNORE = "IgnoreOutputs"
_REQUIRED = ("inputs", "output_prefix", "resolver")
_OPTIONS = (
    *_REQUIRED, "raw_output_data_prefix", "checkpoint_path", "prev_checkpoint", "dynamic_addl_distro", "dynamic_dest_dir",
)  # fmt: skip
_MISSING = "\0"
_PLACES = (
    "inputs", "output_prefix", "raw_output_data_prefix", "checkpoint_path", "prev_checkpoint", "dynamic_addl_distro",
    "dynamic_dest_dir",
)  # fmt: skip
_PACKAGES = "_F_RUNTIME_PACKAGES"


@final
class Arguments:
    """The arguments of one attempt; absent ones are empty.

    Attributes: `inputs` (the `inputs.pb` to read), `output_prefix` (the folder that the document is written to),
    `raw_output_data_prefix` (where files and frames are stored), `checkpoint_path` (where this attempt's checkpoint
    goes), `prev_checkpoint` (the one of the attempt before), `resolver` (dotted path of the object that finds the task),
    `loader` (what leads the resolver to the task), `distribution` and `dest_dir` (where `drawloom-fast-execute` had the
    code from, and where it is; the tasks of a graph that a dynamic task makes are told).
    """

    def __init__(self, given: dict[str, str], loader: list[str]) -> None:
        self.inputs = given["inputs"]
        self.output_prefix = given["output_prefix"]
        self.raw_output_data_prefix = given.get("raw_output_data_prefix", "")
        self.checkpoint_path = given.get("checkpoint_path", "")
        self.prev_checkpoint = given.get("prev_checkpoint", "")
        self.resolver = given["resolver"]
        self.distribution = given.get("dynamic_addl_distro", "")
        self.dest_dir = given.get("dynamic_dest_dir", "")
        self.loader = loader


def parse(given: Sequence[str]) -> Arguments:
    """Read the arguments as a console command does: `--name VALUE` or `--name=VALUE`, and the loader's behind `--`.

    Raises:
        SystemExit: an argument is unknown or missing; what is wrong has been said on standard error.
    """
    # What stands behind `--` is the loader's, whatever it looks like.
    cut = given.index("--") if "--" in given else len(given)
    found: dict[str, str] = {}
    loader: list[str] = []
    rest = iter(given[:cut])
    for each in rest:
        if not each.startswith("--"):
            loader.append(each)
            continue
        name, equals, value = each[2:].partition("=")
        found[name.replace("-", "_")] = value if equals else next(rest, _MISSING)
    wrong = [name for name in _REQUIRED if name not in found] + [name for name in found if name not in _OPTIONS]
    if wrong or _MISSING in found.values():
        return _refused(given[:cut])
    for name in _PLACES:
        if "{{" in found.get(name, ""):
            found[name] = ""
    return Arguments(found, [*loader, *given[cut + 1 :]])


def _refused(given: Sequence[str]) -> NoReturn:
    """Say what is wrong, as every console command does."""
    import argparse  # noqa: PLC0415 - costs as much as the rest of this module, and only its words are needed

    parser = argparse.ArgumentParser(
        prog="drawloom-execute", description="Run one attempt of one task.", allow_abbrev=False
    )
    for name in _OPTIONS:
        parser.add_argument(f"--{name.replace('_', '-')}", required=name in _REQUIRED)
    parser.add_argument("loader", nargs="*", help="arguments that lead the resolver to the task")
    parser.parse_args(given)
    parser.error("an argument is not complete")


def main(argv: Sequence[str] | None = None) -> int:
    """The console command. Gives the exit code."""
    failed = execute(parse(list(sys.argv[1:] if argv is None else argv)))
    return 1 if failed and os.environ.get("FLYTE_FAIL_ON_ERROR", "").lower() in {"true", "1"} else 0


def execute(args: Arguments) -> bool:
    """Run the attempt and write its document. Gives whether it failed."""
    sys.path[:0] = [folder for folder in ("", os.getcwd()) if folder not in sys.path]  # noqa: PTH109 - an entry of sys.path
    before = current()
    with ExitStack() as tidy:
        token = activate(
            LateState.of(
                {
                    **vars(before),
                    "file_access": Deferred(lambda: _storage(args, tidy)),
                    "task": Deferred(lambda: _task_context(args)),
                    "extras": {OUTPUT_METADATA: OutputMetadataTracker()},
                }
            )
        )
        tidy.callback(restore, token)
        if os.environ.get(LOGS):  # a run that isolates its tasks on this machine says so
            logs = ambient.LogSettings(*importlib.import_module("json").loads(os.environ[LOGS]))
            tidy.enter_context(ambient.logging_as(logs, preserve_root=False))
        outcome = _attempted(args)
        failure = outcome.failure
        if failure is None and outcome.expansion is None:
            _write(args.output_prefix, "outputs.pb", pack_map(outcome.outputs or {}))
            return False
        if failure is not None and type(failure.error).__name__ == _IGNORE:
            return False
        documents = _documents()
        documents.leave_error(outcome)
        outcome = documents.told(documents.completed(outcome, args.distribution, args.dest_dir))
        _write(args.output_prefix, *documents.document_of(outcome))
        return outcome.failure is not None


def _storage(args: Arguments, tidy: ExitStack) -> Any:
    """Where files go, with a folder for local ones that is removed in the end."""
    tempfile = importlib.import_module("tempfile")  # with what it loads, 5 ms that most tasks do not need
    sandbox = tidy.enter_context(tempfile.TemporaryDirectory(prefix="drawloom-execute-"))
    return ambient.FileAccessProvider(sandbox, args.raw_output_data_prefix or None)


def _documents() -> Any:
    # A plain attempt that succeeds never needs it, and it loads what plans graphs.
    return importlib.import_module("drawloom.interpreter.tasks.documents")


def _read(address: str) -> bytes:
    if "://" in address:
        return ambient.file_access().read_bytes(address)
    try:
        with open(address, "rb") as file:  # noqa: PTH123 - a local file, without loading what knows remote ones
            return file.read()
    except OSError:
        return ambient.file_access().read_bytes(address)  # which has the words for what is wrong


def _write(folder: str, name: str, data: bytes) -> None:
    """Write a document so that its name shows all of it or nothing."""
    if "://" in folder:
        ambient.file_access().write_bytes(ambient.join(folder, name), data)
        return
    os.makedirs(folder, exist_ok=True)  # noqa: PTH103 - as above
    part = os.path.join(folder, f".{name}.{os.getpid()}")  # noqa: PTH118 - as above
    with open(part, "wb") as file:  # noqa: PTH123 - as above
        file.write(data)
    os.replace(part, os.path.join(folder, name))  # noqa: PTH105, PTH118 - as above


def _attempted(args: Arguments) -> Outcome:
    if os.environ.get(_PACKAGES):
        installed = attempt(_documents().install, os.environ[_PACKAGES].split())
        if installed.error is not None:
            return Outcome(failure=Failure(installed.error, ErrorKind.SYSTEM, recoverable=True))
    read = attempt(lambda: unpack_map(_read(args.inputs)))
    if read.error is not None:
        return Outcome(failure=Failure(read.error, ErrorKind.SYSTEM, recoverable=True))
    loaded = attempt(load_entity, args.resolver, args.loader)
    if loaded.error is not None:
        return Outcome(failure=Failure(loaded.error))
    entity: Any = loaded.value
    inputs = read.value or {}
    if hasattr(entity, "element_interface"):
        chosen = attempt(_documents().element_of, entity, inputs)
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


def _parameters(args: Arguments) -> dict[str, Any]:
    parameters: dict[str, Any] = {
        "execution_id": _execution_id,
        "task_id": _task_id,
        "output_metadata_prefix": args.output_prefix,
    }
    if args.checkpoint_path:
        parameters["checkpoint"] = lambda: ambient.SyncCheckpoint(args.checkpoint_path, args.prev_checkpoint or None)
    if args.raw_output_data_prefix:
        parameters["raw_output_prefix"] = args.raw_output_data_prefix
    if os.environ.get(PARAMETERS):  # a run that isolates its tasks on this machine wrote it
        with open(os.environ[PARAMETERS], "rb") as file:  # noqa: PTH123 - a local file
            parameters |= importlib.import_module("pickle").load(file)
    return parameters


def _variable(*names: str) -> str:
    return next((os.environ[name] for name in names if os.environ.get(name)), "")


def _execution_id() -> Any:
    return ambient.ExecutionName(
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


def _task_context(args: Arguments) -> Any:
    action = ambient.ActionID(
        name=_variable("ACTION_NAME") or "a0",
        run_name=_variable("FLYTE_INTERNAL_EXECUTION_ID", "_F_NM") or None,
        project=_variable("FLYTE_INTERNAL_EXECUTION_PROJECT", "_F_PRJ") or None,
        domain=_variable("FLYTE_INTERNAL_EXECUTION_DOMAIN", "_F_DM") or None,
    )
    paths = (
        ambient.CheckpointPaths(args.prev_checkpoint or None, args.checkpoint_path) if args.checkpoint_path else None
    )
    raw = args.raw_output_data_prefix
    return ambient.TaskContext(
        action=action,
        version=_variable("FLYTE_INTERNAL_TASK_VERSION", "_F_TK_V"),
        raw_data_path=ambient.RawDataPath(raw) if raw else ambient.RawDataPath(),
        input_path=args.inputs,
        output_path=args.output_prefix,
        checkpoint_paths=paths,
        # A run that isolates its tasks on this machine gives it.
        custom_context=importlib.import_module("json").loads(os.environ.get(CUSTOM_CONTEXT, "{}")),
        mode="remote",
    )
