"""Tasks in processes of their own: the command of the task's own container arguments, on this machine.

`inputs.pb` is written, the templates in the arguments are filled in, the process is started in a session of its own, and
`outputs.pb`, `futures.pb` or `error.pb` is read: Flyte's container protocol, so a package that flytekit wrote runs with
flytekit's own entrypoint if that is on the path. A process that overruns its timeout is killed with all it started.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from drawloom.interpreter.errors import TaskProcessError
from drawloom.interpreter.failures import ErrorKind, Failure
from drawloom.interpreter.program.program import TaskPlan
from drawloom.interpreter.tasks.documents import ERROR_VARIABLE, read_document
from drawloom.interpreter.tasks.job import Job
from drawloom.interpreter.tasks.outcome import Outcome
from drawloom.interpreter.tasks.timeouts import overran
from literals import attempt, pack_map

_OURS = frozenset({"drawloom-execute", "drawloom-map-execute"})
_SHOWN = 2000


def isolated_call(
    task: TaskPlan, timeout: float, raw_data_path: str, index: int | None = None
) -> Callable[[Job], Outcome]:
    """The call that runs a task's own command. `index`: which element, for a map task."""

    def call(job: Job) -> Outcome:
        with tempfile.TemporaryDirectory(prefix="drawloom-task-") as folder:
            base = Path(folder)
            (base / "inputs.pb").write_bytes(pack_map(job.inputs))
            environment = {**os.environ, **task.environment, ERROR_VARIABLE: str(base / "error.pickle")}
            environment["PYTHONPATH"] = os.pathsep.join(each for each in sys.path if each)
            if index is not None:
                environment |= {
                    "BATCH_JOB_ARRAY_INDEX_VAR_NAME": "DRAWLOOM_ARRAY_INDEX",
                    "DRAWLOOM_ARRAY_INDEX": str(index),
                }
            return _run(_command(task.template.container, base, raw_data_path), environment, job, base, timeout)

    return call


def _command(container: Any, base: Path, raw_data_path: str) -> list[str]:
    filled: dict[str, str] = {
        "{{.input}}": str(base / "inputs.pb"),
        "{{.outputPrefix}}": str(base / "out"),
        "{{.rawOutputDataPrefix}}": raw_data_path,
        "{{.checkpointOutputPrefix}}": str(base / "checkpoint"),
        "{{.prevCheckpointPrefix}}": "",
    }
    parts: list[str] = [*container.command, *container.args]
    command = [filled.get(part, part) for part in parts]
    if command[0] in _OURS:
        start = "import sys; from drawloom.interpreter.tasks.container import main; sys.exit(main())"
        return [sys.executable, "-c", start, *command[1:]]
    return command


def _run(command: Sequence[str], environment: dict[str, str], job: Job, base: Path, timeout: float) -> Outcome:
    try:
        process = subprocess.Popen(  # noqa: S603 - the command is the task's
            command, env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace",
            start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        found = TaskProcessError(f"the task's command cannot be started: {error}", where=job.name, got=command[0])
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
            got=said[-_SHOWN:].strip(),
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
