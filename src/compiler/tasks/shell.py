"""Shell tasks: a script with `{inputs.x}` and `{outputs.y}` in it, run by a shell; outputs are files and folders.

Values are put into the script as text; files and folders as their local paths. A script that fails raises an error which
may be retried, since what it depends on is often outside.
"""

# ruff: noqa: FBT001, FBT002, PLR0917 - the signatures are flytekit's, positions included

from __future__ import annotations

import datetime as dt
import os
import pathlib
import shutil
import string
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from compiler.errors import ArgumentError, OptionError
from compiler.source.interface import Interface
from compiler.tasks.python_task import PythonInstanceTask
from drawloom.context import current_context
from literals import DrawloomError, FlyteRecoverableException, attempt, preview
from typeengine import FlyteDirectory, FlyteFile

T = TypeVar("T")


class ScriptError(DrawloomError, FlyteRecoverableException, RuntimeError):
    """A script ended with an error; another attempt may help, as flytekit has it."""


@dataclass
class ProcessResult:
    """How a process ended: return code, standard output, standard error."""

    returncode: int
    output: str
    error: str


@dataclass
class OutputLocation:
    """Where a script leaves an output: `location` is a path, with templates such as "{inputs.f}.out"."""

    var: str
    var_type: Any
    location: str | os.PathLike[str]


_run: Callable[..., subprocess.CompletedProcess[str]] = subprocess.run


def subproc_execute(command: Sequence[str] | str, **kwargs: Any) -> ProcessResult:
    """Run a command and give what it wrote; keyword arguments are subprocess.run's.

    Raises:
        ScriptError: it cannot be found, or it ended with an error.
    """
    options: dict[str, Any] = {
        "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE,
        "text": True,
        **kwargs,
        "check": False,
    }
    try:
        done = _run(command, **options)
    except FileNotFoundError as error:
        raise ScriptError(
            "the command cannot be found",
            where=preview(command),
            expected="a program on PATH",
            got="none of this name",
            fix="install it in the task's image, or check the name",
        ) from error
    if done.returncode != 0:
        raise ScriptError(
            f"the command ended with {done.returncode}",
            where=preview(command),
            expected="exit code 0",
            got=str(done.stderr)[-2000:],
            fix="read what it printed above, and mend the command",
        )
    return ProcessResult(done.returncode, done.stdout, done.stderr)


class _ScriptNames(dict[str, Any]):
    """Keys as attributes, for templates such as {inputs.x}."""

    def __getattr__(self, name: str) -> Any:
        if name in self:
            return self[name]
        raise AttributeError(name)


class _Formatter(string.Formatter):
    """Files and folders become local paths, times ISO 8601."""

    def format_field(self, value: Any, format_spec: str) -> Any:
        if isinstance(value, (FlyteFile, FlyteDirectory)):
            return os.fspath(value)
        if isinstance(value, dt.datetime):
            return value.isoformat()
        return super().format_field(value, format_spec)


def _filled(template: str, inputs: Mapping[str, Any], outputs: Mapping[str, Any], where: str) -> str:
    try:
        return _Formatter().format(
            template, inputs=_ScriptNames(inputs), outputs=_ScriptNames(outputs), ctx=current_context()
        )
    except (KeyError, AttributeError, IndexError) as error:
        raise ArgumentError(
            f"the script names {error}, which is neither input nor output",
            where=where,
            expected=", ".join([*(f"{{inputs.{n}}}" for n in inputs), *(f"{{outputs.{n}}}" for n in outputs)]),
            got=str(error),
            fix="double the braces that are the script's own: {{ and }}",
        ) from error


class ShellTask(PythonInstanceTask[T]):
    """A script; see the module.

    Raises:
        OptionError: both or neither of script and script_file, a file that does not exist, an output that is not a file.
    """

    def __init__(
        self,
        name: str,
        debug: bool = False,
        script: str | None = None,
        script_file: str | os.PathLike[str] | None = None,
        task_config: T | None = None,
        shell: str = "/bin/sh",
        inputs: Mapping[str, Any] | None = None,
        output_locs: list[OutputLocation] | None = None,
        **kwargs: Any,
    ) -> None:
        if bool(script) == bool(script_file):
            raise OptionError(
                "a shell task needs one of script and script_file",
                where=name,
                expected="one of them",
                got="both or neither",
                fix="give exactly one",
            )
        if script_file is not None and not pathlib.Path(script_file).is_file():
            raise OptionError(
                "the script file does not exist",
                where=name,
                expected="a file that exists",
                got=str(script_file),
                fix="check the path; it is relative to the folder that the program runs in",
            )
        self._script = script
        self._script_file = str(pathlib.Path(script_file).resolve()) if script_file is not None else None
        self._debug = debug
        self._shell = shell
        self._output_locs = list(output_locs or ())
        self._process_result: ProcessResult | None = None
        outputs = dict(_file_output(location, name) for location in self._output_locs)
        super().__init__(
            name=name,
            task_config=task_config,
            interface=Interface(dict(inputs or {}), outputs),
            **kwargs,
        )

    @property
    def script(self) -> str | None:
        """The script, when it was given as text."""
        return self._script

    @property
    def script_file(self) -> str | None:
        """The file of the script, when it was given as one."""
        return self._script_file

    @property
    def result(self) -> ProcessResult | None:
        """How the last run here ended; None before."""
        return self._process_result

    def execute(self, **kwargs: Any) -> Any:
        """Run the script; the outputs are what it left at their locations.

        Files and folders among the inputs are copies of its own, as in a container: what it writes into them, or beside them,
        nobody else sees.

        Raises:
            ScriptError: it ended with an error.
            ArgumentError: it names something that is neither input nor output.
        """
        kwargs = {name: _own_copy(value, self.name) for name, value in kwargs.items()}
        outputs = {o.var: _filled(os.fspath(o.location), kwargs, {}, self.name) for o in self._output_locs}
        text = self._script
        if text is None:
            text = pathlib.Path(self._script_file or "").read_text(encoding="utf-8")
        script = _filled(text, kwargs, outputs, self.name)
        if self._debug:
            sys.stdout.write(f"{script}\n")
        done = subprocess.run(script, shell=True, executable=self._shell, capture_output=True, text=True, check=False)  # noqa: S602 - running a script is what this task is
        sys.stdout.write(done.stdout)
        self._process_result = ProcessResult(done.returncode, done.stdout, done.stderr)
        if done.returncode != 0:
            raise ScriptError(
                f"the script ended with {done.returncode}",
                where=self.name,
                expected="exit code 0",
                got=(done.stderr or done.stdout)[-2000:],
                fix="read what it printed above, and mend the script",
            )
        values = [o.var_type(outputs[o.var]) for o in self._output_locs]
        return tuple(values) if len(values) > 1 else (values[0] if values else None)


def _own_copy(value: object, where: str) -> Any:
    """A file or folder at a place that is this script's alone; any other value as it is."""
    if not isinstance(value, (FlyteFile, FlyteDirectory)):
        return value
    source = pathlib.Path(os.fspath(value))
    working: str = current_context().working_directory
    target = pathlib.Path(tempfile.mkdtemp(dir=working)) / source.name
    copied = attempt(shutil.copytree if source.is_dir() else shutil.copyfile, source, target)
    if isinstance(copied.error, OSError):
        raise ArgumentError(
            "an input cannot be copied for the script", where=where, expected="a file or folder that can be read",
            got=str(copied.error), fix="check the path and the free space",
        ) from copied.error  # fmt: skip
    return type(value)(os.fspath(target))


class RawShellTask(ShellTask[Any]):
    """A script that gets its environment and arguments as inputs: `env` (dict), `script_args`, `script_file`."""

    def make_export_string_from_env_dict(self, d: Mapping[str, str]) -> str:
        """The dict as export statements, one to a line."""
        return "\n".join(f"export {key}={value}" for key, value in d.items())

    def execute(self, **kwargs: Any) -> Any:
        """Run the script with `env` exported and its arguments filled in."""
        given = dict(kwargs)
        if isinstance(given.get("env"), Mapping):
            given["export_env"] = self.make_export_string_from_env_dict(given["env"])
        return super().execute(**given)


_RAW_SCRIPT = "#!/bin/bash\n\nset -uex\n\ncd {ctx.working_directory}\n\n{inputs.export_env}\n\nbash {inputs.script_file} {inputs.script_args}\n"


def get_raw_shell_task(name: str) -> RawShellTask:
    """A task that runs the script file, arguments and environment that it is given when it runs."""
    return RawShellTask(
        name=name,
        debug=False,
        inputs={"env": dict[str, str], "script_args": str, "script_file": str},
        output_locs=[OutputLocation(var="out", var_type=FlyteDirectory, location="{ctx.working_directory}")],
        script=_RAW_SCRIPT,
    )


def _file_output(location: object, where: str) -> tuple[str, Any]:
    if not isinstance(location, OutputLocation):
        raise OptionError(
            "an output location is not an OutputLocation",
            where=where,
            expected="an OutputLocation",
            got=preview(location),
            fix="write OutputLocation(var='...', var_type=FlyteFile, location='...')",
        )
    if not location.location:
        raise OptionError(
            f"output `{location.var}` has no location",
            where=where,
            expected="a path",
            got=preview(location.location),
            fix="write location='path of the file that the script writes'",
        )
    kind: object = location.var_type
    if not isinstance(kind, type) or not issubclass(kind, (FlyteFile, FlyteDirectory)):
        raise OptionError(
            f"output `{location.var}` is neither file nor folder",
            where=where,
            expected="FlyteFile or FlyteDirectory",
            got=preview(location.var_type),
            fix="declare one of these, and let the script write it",
        )
    return location.var, kind
