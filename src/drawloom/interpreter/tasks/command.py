"""Tasks that are commands, run as local processes: raw container and shell tasks without an image.

Flyte's data-loading protocol, on this machine: each input is a file of its own below a folder (the text of a primitive,
else JSON), the command's arguments may say `{{.inputs.x}}`, `{{.input}}`, `{{.outputPrefix}}` or name the folders of the
template, and each output is read from a file of its name. A task that names an image needs that image, and is refused.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path

from drawloom.interpreter.errors import OutputError, TaskProcessError, UnsupportedTaskError
from drawloom.interpreter.failures import ErrorKind, Failure
from drawloom.interpreter.program.program import TaskPlan
from drawloom.interpreter.tasks.entry_points import filled, templates
from drawloom.interpreter.tasks.job import Job
from drawloom.interpreter.tasks.literal_text import literal_from_text, literal_to_text
from drawloom.interpreter.tasks.outcome import Outcome
from drawloom.interpreter.tasks.timeouts import overran
from literals import DrawloomError, pack_map, pb

_SHOWN = 2000


def needs_process(task: TaskPlan) -> bool:
    """Whether the task is a command, and not Python code behind a resolver."""
    return task.loader is None and task.template.WhichOneof("target") == "container"


def process_call(task: TaskPlan, timeout: float) -> Callable[[Job], Outcome]:
    """The call that runs the command, for at most this many seconds (0: no limit). Raises `UnsupportedTaskError` if it needs an image."""
    image = task.template.container.image
    if image:
        raise UnsupportedTaskError(
            f"this task runs in a container image, {image!r}, and images are not run here",
            where=f"task {task.key.name}",
            expected="a task without an image, or an entity that stands for it",
            got=f"task type {task.template.type!r}",
            fix="give an entity for it: run(..., entities={key: entity}), or run it on a cluster",
        )

    def call(job: Job) -> Outcome:
        try:
            with tempfile.TemporaryDirectory(prefix="drawloom-task-") as folder:
                return Outcome(_run(task, job, Path(folder), timeout))
        except DrawloomError as error:
            return Outcome(
                failure=Failure(error, ErrorKind.USER, recoverable=bool(getattr(error, "recoverable", False)))
            )

    return call


def _run(task: TaskPlan, job: Job, folder: Path, timeout: float) -> dict[str, bytes]:
    container = task.template.container
    given, made = folder / "inputs", folder / "outputs"
    given.mkdir()
    made.mkdir()
    texts = {name: literal_to_text(pb.Literal.FromString(data)) for name, data in job.inputs.items()}
    for name, text in texts.items():
        (given / name).write_text(text, encoding="utf-8")
    (given / "inputs.pb").write_bytes(pack_map(job.inputs))
    known = {f"inputs.{name}": text for name, text in texts.items()}
    known |= {"input": str(given / "inputs.pb"), "outputPrefix": str(made), "inputPrefix": str(given)}
    known |= {"namespace": "local", "perRetryUniqueKey": f"a{uuid.uuid4().hex[:19]}"}
    folders = {container.data_config.input_path: str(given), container.data_config.output_path: str(made)}
    parts = (*container.command, *container.args)
    if left := [
        name for part in parts for name in templates(part) if filled(f"{{{{.{name}}}}}", known).startswith("{{")
    ]:
        raise UnsupportedTaskError(
            f"the command has a template that is not filled in here: {{{{.{left[0]}}}}}",
            where=f"task {task.key.name}",
            expected=", ".join(f"{{{{.{name}}}}}" for name in known),
            got=f"{{{{.{left[0]}}}}}",
            fix="check the input's name"
            if left[0].lower().startswith("inputs.")
            else "write to outputPrefix, or run it on a cluster",
        )
    command = [_filled(part, known, folders) for part in parts]
    if not command:
        raise UnsupportedTaskError(
            "this task has neither a command nor an image",
            where=f"task {task.key.name}",
            expected="a command or an image",
            got="neither",
            fix="compile the task again",
        )
    environment = {**os.environ, **{pair.key: pair.value for pair in container.env}}
    try:
        done = subprocess.run(  # noqa: S603 - the command is the task
            command, capture_output=True, text=True, errors="replace", env=environment, cwd=folder, check=False,
            timeout=timeout or None,
        )  # fmt: skip
    except OSError as error:
        raise TaskProcessError(
            f"the command cannot be started: {error}",
            where=job.name,
            expected="a program on PATH",
            got=command[0],
            fix="install it, or name its full path",
        ) from error
    except subprocess.TimeoutExpired as error:
        raise overran(f"{job.name} (attempt {job.attempt})", timeout, killed=True) from error
    if done.returncode:
        raise TaskProcessError(
            f"the command ended with code {done.returncode}",
            where=job.name,
            expected="exit code 0",
            got=done.stderr[-_SHOWN:].strip(),
            fix="read what it printed above, and mend the command",
        )
    variables = task.template.interface.outputs.variables
    return {name: _output(made, name, variable.type, job.name) for name, variable in variables.items()}


def _filled(text: str, known: dict[str, str], folders: dict[str, str]) -> str:
    text = filled(text, known)
    for declared, actual in folders.items():
        if declared:
            text = text.replace(declared, actual)
    return text


def _output(folder: Path, name: str, kind: pb.LiteralType, where: str) -> bytes:
    path = folder / name
    if not path.exists():
        raise OutputError(
            f"the command wrote no output {name!r}", where=where, expected=f"a file {name} in its output folder",
            got=", ".join(sorted(each.name for each in folder.iterdir())) or "no files",
        fix="let the command write it")  # fmt: skip
    return literal_from_text(path.read_text(encoding="utf-8"), kind, f"{where}, output {name}")
