"""Tasks in processes of their own: the command of the task's own container arguments, on this machine.

`inputs.pb` is written, the templates in the arguments are filled in, the process is started in a session of its own, and
`outputs.pb`, `futures.pb` or `error.pb` is read: Flyte's container protocol. A task that flytekit compiled runs by its own
command with the interpreter of an environment that has flytekit (`RunOptions.python`), which sees the user's folders of this
process's path and none of its packages. A process that overruns its timeout is killed with all it started.
"""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, final

from drawloom.context import SyncCheckpoint, is_remote
from drawloom.interpreter.errors import TaskProcessError, UnsupportedTaskError
from drawloom.interpreter.failures import ErrorKind, Failure
from drawloom.interpreter.program.program import TaskPlan
from drawloom.interpreter.program.template_args import is_template_path
from drawloom.interpreter.tasks.documents import ERROR_VARIABLE, read_document
from drawloom.interpreter.tasks.entry_points import FAST, OURS, filled
from drawloom.interpreter.tasks.env_vars import CUSTOM_CONTEXT
from drawloom.interpreter.tasks.job import Job
from drawloom.interpreter.tasks.outcome import Outcome
from drawloom.interpreter.tasks.timeouts import overran
from literals import attempt, pack_map, pb

_FLYTEKITS = {"pyflyte-execute": "execute_task_cmd", "pyflyte-map-execute": "map_execute_task_cmd"}
"""flytekit's commands, and the function of `flytekit.bin.entrypoint` that each one is."""
_FLYTEKITS_FAST = "pyflyte-fast-execute"
_SHOWN = 2000
_TEMPLATE = "task_template.pb"
_OFFLOADING = ("_F_L_MIN_SIZE_MB", "_F_L_MAX_SIZE_MB")
"""Variables by which Flyte tells a container to offload what is big."""


def is_flytekit_command(task: TaskPlan) -> bool:
    """Whether a task's command is one of flytekit's.

    Raises:
        UnsupportedTaskError: it fetches its code from a platform first.
    """
    parts = [*task.template.container.command, *task.template.container.args]
    if parts and parts[0] == _FLYTEKITS_FAST:
        raise UnsupportedTaskError(
            "the command of this task fetches its code from a platform",
            where=f"task {task.key.name}",
            expected="a command whose code is here",
            got=_FLYTEKITS_FAST,
            fix="package without --copy and --fast, and name the folder of the code with --path",
        )
    return bool(parts) and parts[0] in _FLYTEKITS


@final
class AroundTask(NamedTuple):
    """What a run's tasks find around them: the prefix of raw data, the custom context, and each node's next checkpoint."""

    raw_data_path: str
    custom_context: Mapping[str, str]
    checkpoint: Callable[[str], SyncCheckpoint]


def isolated_call(
    task: TaskPlan, timeout: float, around: AroundTask, index: int | None = None, *, python: str = ""
) -> Callable[[Job], Outcome]:
    """The call that runs a task's own command. `index`: which element, for a map task. `python`: as in `RunOptions`."""
    foreign = bool(python) and is_flytekit_command(task)

    def call(job: Job) -> Outcome:
        with tempfile.TemporaryDirectory(prefix="drawloom-task-") as folder:
            base = Path(folder)
            (base / "inputs.pb").write_bytes(pack_map(job.inputs))
            if any(map(is_template_path, task.template.container.args)):
                (base / _TEMPLATE).write_bytes(task.template.SerializeToString(deterministic=True))
            environment = {**os.environ, **task.environment, ERROR_VARIABLE: str(base / "error.pickle")}
            for name in _OFFLOADING:
                environment.pop(name, None)  # the folder of its documents goes when it has been read
            environment["PYTHONPATH"] = os.pathsep.join(_users_folders() if foreign else filter(None, sys.path))
            if foreign:
                # With those that are between flytekit and its container: a dynamic task finds its settings in one.
                environment |= {pair.key: pair.value for pair in task.template.container.env}
            elif around.custom_context:
                environment[CUSTOM_CONTEXT] = json.dumps(dict(around.custom_context))
            if index is not None:
                environment |= {
                    "BATCH_JOB_ARRAY_INDEX_VAR_NAME": "DRAWLOOM_ARRAY_INDEX",
                    "DRAWLOOM_ARRAY_INDEX": str(index),
                }
            places = around.checkpoint(job.address)
            unique = f"a{uuid.uuid4().hex[:19]}"
            raw = around.raw_data_path
            raw = f"{raw}/{job.address}" if is_remote(raw) else raw
            command = _command(task.template.container, base, raw, places, python if foreign else "", unique)
            return _run(command, environment, job, base, timeout)

    return call


def _users_folders() -> list[str]:
    """The folders of this process's path that belong neither to its interpreter nor to drawloom."""
    ours = (sys.prefix, sys.base_prefix, str(Path(__file__).resolve().parents[3]))
    return [
        each for each in sys.path if each and not os.path.realpath(each).startswith(tuple(map(os.path.realpath, ours)))
    ]


def _command(  # noqa: PLR0917 - what the templates of a command stand for
    container: pb.Container, base: Path, raw_data_path: str, places: SyncCheckpoint, python: str, unique: str
) -> list[str]:
    known = {
        "input": str(base / "inputs.pb"),
        "inputPrefix": str(base),
        "outputPrefix": str(base / "out"),
        "rawOutputDataPrefix": raw_data_path,
        "checkpointOutputPrefix": places.remote_destination,
        "prevCheckpointPrefix": places.remote_source or "",
        "taskTemplatePath": str(base / _TEMPLATE),
        "perRetryUniqueKey": unique,
        "namespace": "local",
    }
    parts: list[str] = [*container.command, *container.args]
    command = [filled(part, known) for part in parts]
    if command[0] in {*OURS, FAST}:
        module = "fast_execute" if command[0] == FAST else "container"
        start = f"import sys; from drawloom.interpreter.tasks.{module} import main; sys.exit(main())"
        return [sys.executable, "-c", start, *command[1:]]
    if python:
        start = f"from flytekit.bin.entrypoint import {_FLYTEKITS[command[0]]} as main; main()"
        return [python, "-c", start, *command[1:]]
    return command


def _run(command: Sequence[str], environment: dict[str, str], job: Job, base: Path, timeout: float) -> Outcome:
    try:
        process = subprocess.Popen(  # noqa: S603 - the command is the task's
            command, env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace",
            start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        found = TaskProcessError(
            f"the task's command cannot be started: {error}",
            where=job.name,
            expected="a program on PATH",
            got=command[0],
            fix="install it, or name its full path",
        )
        return Outcome(failure=Failure(found, ErrorKind.SYSTEM))
    job.cancel = lambda: _kill(process)
    try:
        _, said = process.communicate(timeout=timeout or None)
    except subprocess.TimeoutExpired:
        _kill(process)
        process.communicate()
        error = overran(f"{job.name} (attempt {job.attempt})", timeout, killed=True)
        return Outcome(failure=Failure(error, recoverable=True))
    outcome = read_document(base / "out", job.name)
    if outcome is None:
        error = TaskProcessError(
            f"the task's process ended with code {process.returncode} and left no document",
            where=job.name,
            expected="a document with its outputs or its error",
            got=said[-_SHOWN:].strip(),
            fix="read what it printed above; a process that was killed often had too little memory",
            recoverable=True,
        )
        return Outcome(failure=Failure(error, ErrorKind.SYSTEM, recoverable=True))
    return _as_raised(outcome, base / "error.pickle")


def _as_raised(outcome: Outcome, pickled: Path) -> Outcome:
    """The failure with the user's own exception, where that could travel."""
    failure = outcome.failure
    if failure is None or not pickled.exists():
        return outcome
    loaded = attempt(pickle.loads, pickled.read_bytes())
    if isinstance(loaded.value, BaseException):
        loaded.value.__cause__ = failure.error
        failure.error = loaded.value
    return outcome


def _kill(process: subprocess.Popen[str]) -> None:
    if process.poll() is not None:
        return
    if os.name == "posix":
        os.killpg(process.pid, signal.SIGKILL)  # the session is the process's own
    else:
        process.kill()
