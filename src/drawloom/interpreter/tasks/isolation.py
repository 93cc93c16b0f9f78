"""Tasks in processes of their own: the command of the task's own container arguments, on this machine.

`inputs.pb` is written, the templates in the arguments are filled in, the process is started in a session of its own, and
`outputs.pb`, `futures.pb` or `error.pb` is read: Flyte's container protocol. What the process finds around it is what the attempt's
record says, as for a worker of an executor. A task that flytekit compiled runs by its own
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
from collections.abc import Callable, Sequence
from pathlib import Path

from drawloom.context import DECK_FILE, USUAL_LOGS, SyncCheckpoint, is_remote, join
from drawloom.interpreter.errors import LOST_WORKER, TaskInterruptedError, TaskProcessError, UnsupportedTaskError
from drawloom.interpreter.failures import ABORTED, ErrorKind, Failure
from drawloom.interpreter.program.program import TaskPlan
from drawloom.interpreter.program.template_args import is_template_path
from drawloom.interpreter.tasks.attempt_record import AttemptRecord
from drawloom.interpreter.tasks.checkpoints import checkpoint_in
from drawloom.interpreter.tasks.decks import write_deck
from drawloom.interpreter.tasks.documents import ERROR_VARIABLE, read_document
from drawloom.interpreter.tasks.entry_points import FAST, OURS, filled
from drawloom.interpreter.tasks.env_vars import CUSTOM_CONTEXT, LOGS, PARAMETERS
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


def isolated_call(
    task: TaskPlan, index: int | None = None, *, python: str = "", decks: Path | None = None
) -> Callable[[Job], Outcome]:
    """The call that runs a task's own command by the record of the job's way. `index`: which element, for a map task.

    `python`: as in `RunOptions`. `decks`: where pages of decks go, below it one folder for each node; None is nowhere.
    """
    foreign = bool(python) and is_flytekit_command(task)

    def call(job: Job) -> Outcome:
        common = job.way.record
        if common is None:
            raise TypeError("this job has no record")
        record = common._replace(address=job.address, number=job.attempt)
        if foreign and record.parameters:
            return Outcome(failure=Failure(_untold(record), ErrorKind.SYSTEM))
        with tempfile.TemporaryDirectory(prefix="drawloom-task-") as folder:
            base = Path(folder)
            (base / "inputs.pb").write_bytes(pack_map(job.inputs))
            if any(map(is_template_path, task.template.container.args)):
                (base / _TEMPLATE).write_bytes(task.template.SerializeToString(deterministic=True))
            environment = {**os.environ, **record.variables, ERROR_VARIABLE: str(base / "error.pickle")}
            for name in _OFFLOADING:
                environment.pop(name, None)  # the folder of its documents goes when it has been read
            environment["PYTHONPATH"] = os.pathsep.join(_users_folders() if foreign else filter(None, sys.path))
            if foreign:
                # With those that are between flytekit and its container: a dynamic task finds its settings in one.
                environment |= {pair.key: pair.value for pair in task.template.container.env}
            else:
                environment |= _around(record, base)
            if index is not None:
                environment |= {
                    "BATCH_JOB_ARRAY_INDEX_VAR_NAME": "DRAWLOOM_ARRAY_INDEX",
                    "DRAWLOOM_ARRAY_INDEX": str(index),
                }
            command = _command(task.template.container, base, record, python if foreign else "")
            outcome = _run(command, environment, job, base, record.timeout)
            page = base / "out" / DECK_FILE
            if decks is not None and page.exists():
                write_deck(decks / record.address, page.read_bytes())
            return outcome

    return call


def _around(record: AttemptRecord, base: Path) -> dict[str, str]:
    """What a process of ours is told by variables: there is no place for it in Flyte's protocol."""
    found: dict[str, str] = {}
    if record.custom_context:
        found[CUSTOM_CONTEXT] = json.dumps(dict(record.custom_context))
    if record.logs != USUAL_LOGS:
        found[LOGS] = json.dumps(record.logs)
    if record.parameters:
        (base / "parameters.pickle").write_bytes(pickle.dumps(dict(record.parameters)))
        found[PARAMETERS] = str(base / "parameters.pickle")
    return found


def _untold(record: AttemptRecord) -> UnsupportedTaskError:
    return UnsupportedTaskError(
        "flytekit's command cannot be told members of current_context()",
        where=f"task {record.name}",
        expected="no RunOptions.parameters",
        got=", ".join(record.parameters),
        fix="leave them out, or run the task without an interpreter of its own",
    )


def _users_folders() -> list[str]:
    """The folders of this process's path that belong neither to its interpreter nor to drawloom."""
    ours = (sys.prefix, sys.base_prefix, str(Path(__file__).resolve().parents[3]))
    return [
        each for each in sys.path if each and not os.path.realpath(each).startswith(tuple(map(os.path.realpath, ours)))
    ]


def _command(container: pb.Container, base: Path, record: AttemptRecord, python: str) -> list[str]:
    """A task's command, its templates filled in."""
    places: SyncCheckpoint = checkpoint_in(record.checkpoints, record.address)
    raw = record.raw_output_prefix.rstrip("/")
    raw = join(raw, record.raw_folder, record.address) if is_remote(raw) else raw
    known = {
        "input": str(base / "inputs.pb"),
        "inputPrefix": str(base),
        "outputPrefix": str(base / "out"),
        "rawOutputDataPrefix": raw,
        "checkpointOutputPrefix": places.remote_destination,
        "prevCheckpointPrefix": places.remote_source or "",
        "taskTemplatePath": str(base / _TEMPLATE),
        "perRetryUniqueKey": f"a{uuid.uuid4().hex[:19]}",
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
    if outcome is None and process.returncode < 0:
        return Outcome(failure=ABORTED) if job.stopped else _killed(process.returncode, said, job)
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


def _killed(code: int, said: str, job: Job) -> Outcome:
    """The outcome of an attempt whose process somebody killed: the system's failure, as that of a worker is."""
    error = TaskInterruptedError(
        LOST_WORKER,
        f"the task's process was killed by signal {-code} and left no document",
        where=f"{job.address}, {job.name} (attempt {job.attempt})",
        expected="a document with its outputs or its error",
        got=said[-_SHOWN:].strip() or "nothing",
        fix="see what killed it; a process that is killed often had too little memory",
    )
    return Outcome(failure=Failure(error, ErrorKind.SYSTEM, recoverable=True))


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
