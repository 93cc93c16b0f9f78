"""What a command is given: a compiled file, a Python file or module, or a recorded run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from compiler import SerializationSettings, compile_bundle
from drawloom.cli.terminal.output import Output
from drawloom.exports.lazy_exports import did_you_mean
from drawloom.interpreter import RUN_FILE, Program, list_runs, load
from drawloom.ir import Key, Problem, VerifyError, refuses
from drawloom.local.errors import TargetError
from drawloom.local.home import runs_root
from drawloom.local.modules import choose, entities_of, is_python


def program_of(target: str, names: tuple[str, ...] = (), platform: str | None = None) -> Program:
    """The program in a compiled file, or of the entities that a Python file declares, compiled for a platform."""
    if not is_python(target):
        return load(Path(target))
    # With the settings of `drawloom compile` when it is told nothing, so that a file does not differ from what it was compiled to.
    settings = SerializationSettings(project="", domain="")
    return load(compile_bundle(choose(entities_of(target), names, target), settings, platform=platform).bundle)


def message_of(program: Program, key: Key) -> Any:
    """The template or plan that a key names."""
    for messages in (program.workflows, program.tasks, program.plans):
        if key in messages:
            return messages[key]
    raise TargetError(
        f"there is no entity {key}",
        expected="an entity of the bundle",
        got=str(key),
        fix="leave the name out to see them all",
    )


FOR_HELP = "Also refuse what this platform would refuse when the entities are registered."


def check_for(platform: str, problems: Sequence[Problem], output: Output) -> None:
    """Warn of what a platform may refuse, and raise `VerifyError` with what it does refuse."""
    refused = [problem for problem in problems if refuses(platform, problem)]
    for problem in problems:
        if problem not in refused:
            output.note(f"warning: {problem}")
    if refused:
        raise VerifyError(refused)


def is_run(target: str) -> bool:
    """Whether a name or path is that of a recorded run."""
    return any((place / RUN_FILE).is_file() for place in (Path(target), runs_root() / target))


def folder_of(run: str) -> Path:
    """The folder of a run by name or path.

    Raises:
        TargetError: there is none; the newest ones are listed.
    """
    for place in (Path(run), runs_root() / run):
        if (place / RUN_FILE).is_file():
            return place
    recorded = list_runs(runs_root())
    for info in recorded:
        if info.name == run:
            return info.path
    names = ", ".join(info.name for info in recorded[:5])
    raise TargetError(
        f"there is no run {run!r}",
        where=str(runs_root()),
        expected=names or "a recorded run",
        got=repr(run),
        fix=did_you_mean(run, [info.name for info in recorded]).removeprefix("; ") or "see `drawloom runs`",
    )
