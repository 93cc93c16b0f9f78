"""Running a container task here, with a container runtime's command line (docker, podman or nerdctl).

The container gets each input as a file in its input folder, and leaves each output as a file in its output folder; files and
folders are mounted. `{{.inputs.x}}` in the command becomes the value, or the mounted path of a file.
"""

# ruff: noqa: PLR0917 - one call, each argument another part of a container

from __future__ import annotations

import datetime as dt
import os
import pathlib
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

from compiler.errors import NotRunnableError
from drawloom.context import file_access
from literals import DrawloomError, preview
from typeengine import FlyteDirectory, FlyteFile

RUNTIME_VARIABLE = "DRAWLOOM_CONTAINER_RUNTIME"
"""Names the runtime's program; unset means the first of docker, podman, nerdctl that is installed."""

_PROGRAMS = ("docker", "podman", "nerdctl")
_INPUT_FOLDER, _OUTPUT_FOLDER = "/var/inputs", "/var/outputs"


class ContainerError(DrawloomError, RuntimeError):
    """A container ended with an error, or left an output that is missing or no value of its type."""


def run_container(
    name: str,
    image: str,
    command: Sequence[str],
    inputs: Mapping[str, Any],
    outputs: Mapping[str, Any],
    env: Mapping[str, str],
    folders: tuple[str | None, str | None],
) -> dict[str, Any]:
    """Run the container and read its outputs; `folders` are its input and output folder.

    Raises:
        NotRunnableError: no container runtime is installed.
        ContainerError: it failed, or an output is missing or not of its type.
    """
    program = _runtime(name)
    inside_in, inside_out = folders[0] or _INPUT_FOLDER, folders[1] or _OUTPUT_FOLDER
    with tempfile.TemporaryDirectory() as made:
        input_folder, output_folder = pathlib.Path(made, "inputs"), pathlib.Path(made, "outputs")
        input_folder.mkdir()
        output_folder.mkdir()
        output_folder.chmod(0o777)  # the container's user is not ours
        mounts = [f"{input_folder}:{inside_in}:ro", f"{output_folder}:{inside_out}"]
        words: dict[str, str] = {}
        for key, value in inputs.items():
            if isinstance(value, (FlyteFile, FlyteDirectory)):
                words[key] = f"{inside_in}/{key}"
                mounts.append(f"{pathlib.Path(os.fspath(value)).resolve()}:{words[key]}:ro")
            else:
                words[key] = value.isoformat() if isinstance(value, dt.datetime) else str(value)
                (input_folder / key).write_text(words[key], encoding="utf-8")
        line = [program, "run", "--rm"]
        for mount in mounts:
            line += ["-v", mount]
        for key, value in env.items():
            line += ["-e", f"{key}={value}"]
        done = subprocess.run(  # noqa: S603 - running the author's command in a container is what this task is
            [*line, image, *(_filled(word, words) for word in command)], capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise ContainerError(
                f"the container ended with {done.returncode}",
                where=name,
                expected="exit code 0",
                got=done.stderr[-2000:],
                fix="read what it printed above, and mend the command or the image",
            )
        return {key: _read(output_folder / key, hint, f"{name}, output `{key}`") for key, hint in outputs.items()}


def _runtime(name: str) -> str:
    chosen = os.environ.get(RUNTIME_VARIABLE)
    candidates = [chosen] if chosen else list(_PROGRAMS)
    found = next((path for program in candidates if (path := shutil.which(program)) is not None), None)
    if found is None:
        raise NotRunnableError(
            "a container task is run by a container runtime, and none is installed",
            where=name,
            expected=" or ".join(candidates),
            got="none of them",
            fix=f"install one, name it in {RUNTIME_VARIABLE}, or give the task a stub with task_mock in a test",
        )
    return found


def _filled(word: str, values: Mapping[str, str]) -> str:
    for key, value in values.items():
        word = word.replace(f"{{{{.inputs.{key}}}}}", value).replace(f"{{{{ .inputs.{key} }}}}", value)
    return word


def _is_reference(hint: object) -> TypeGuard[type[FlyteFile | FlyteDirectory]]:
    return isinstance(hint, type) and issubclass(hint, (FlyteFile, FlyteDirectory))


def _read(path: pathlib.Path, hint: object, where: str) -> Any:
    if not path.exists():
        raise ContainerError(
            "the container left no such output",
            where=where,
            expected=f"a file {path.name}",
            got="no such file",
            fix="let the command write it",
        )
    if _is_reference(hint):
        kept = pathlib.Path(file_access().get_random_local_directory()) / path.name
        (shutil.copytree if path.is_dir() else shutil.copy2)(path, kept)
        return hint(str(kept))
    text = path.read_text(encoding="utf-8").strip()
    try:
        return _value(text, hint)
    except ValueError as error:
        raise ContainerError(
            "an output does not have its declared type",
            where=where,
            expected=getattr(hint, "__name__", str(hint)),
            got=preview(text),
            fix="let the command write the value in that form",
        ) from error


def _value(text: str, hint: Any) -> Any:
    if hint is bool:
        if text.lower() not in {"true", "false", "1", "0"}:
            raise ValueError(text)
        return text.lower() in {"true", "1"}
    if hint is dt.datetime:
        return dt.datetime.fromisoformat(text)
    if hint is dt.timedelta:
        return _timedelta(text)
    return hint(text) if hint in {int, float} else text


def _timedelta(text: str) -> dt.timedelta:
    """The inverse of str(timedelta): `1 day, 2:03:04.5`."""
    days, _, clock = text.rpartition(",")
    hours, minutes, seconds = clock.strip().split(":")
    count = int(days.split()[0]) if days else 0
    return dt.timedelta(days=count, hours=int(hours), minutes=int(minutes), seconds=float(seconds))
