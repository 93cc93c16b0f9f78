"""What a compiled file would run when it is run: the modules it imports, and the commands it starts; and whether that was allowed.

A file says by name which code its tasks are. From anybody's file that could be any module of this machine, or any command, so only
modules below folders that were given are imported, and no command is started, unless the user says that the file is to be trusted.
"""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Iterable, Iterator
from importlib.machinery import PathFinder
from pathlib import Path

from drawloom.interpreter import ACTIONS, Program, load, read_run
from drawloom.ir import Key
from literals import DrawloomError, is_ours, preview

_MODULE = "task-module"
_SHOWN = 5
_INSTALLED = frozenset({"site-packages", "dist-packages"})


class UntrustedFileError(DrawloomError, PermissionError):
    """A compiled file would run what the user has not allowed."""


def given_folders(more: Iterable[str | os.PathLike[str]]) -> list[Path]:
    """The folders whose modules a file may name: these, the working folder, and those of `PYTHONPATH`."""
    variable = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    return [Path(each).resolve() for each in (*more, Path.cwd(), *filter(None, variable))]


def check_trust(program: Program, folders: Iterable[Path], where: str) -> None:
    """Refuse a program whose tasks would import other modules than those below `folders` or drawloom's, or start commands.

    Nothing is imported for this.

    Raises:
        UntrustedFileError: it would; all that it would run is named.
    """
    allowed = [*folders]
    _check([text for key in program.tasks for text in _runs(program, key, allowed)], allowed, where)


def check_record(folder: Path, folders: Iterable[Path]) -> None:
    """Refuse to go on with a recorded run that would import or start what was not allowed, as `check_trust` does.

    Raises:
        UntrustedFileError: it would.
        RunDirectoryError: the folder holds no record that can be read.
    """
    recorded = read_run(folder)
    if recorded.info.kind != ACTIONS:
        check_trust(load(recorded.bundle), folders, str(folder))
        return
    allowed, entity = [*folders], recorded.info.entity.name
    place = _place_outside(entity, allowed)
    _check([f"the run imports {entity.rpartition('.')[0]} ({place})"] if place else [], allowed, str(folder))


def _check(found: list[str], allowed: list[Path], where: str) -> None:
    if found:
        shown = "; ".join(dict.fromkeys(found[:_SHOWN])) + ("; …" if len(found) > _SHOWN else "")
        raise UntrustedFileError(
            "this file would run code from outside the folders that were given",
            where=where,
            expected=f"tasks of modules below {', '.join(map(str, dict.fromkeys(allowed)))}",
            got=shown,
            fix="name the folder of its modules by --path, or pass --trust if you know who made the file",
        )


def _runs(program: Program, key: Key, allowed: list[Path]) -> Iterator[str]:
    task = program.task(key)
    if task is None or task.loader is None:
        container = program.tasks[key].container
        command = [*container.command, *container.args]
        if command and not container.image:
            yield f"task {key.name} starts the command {preview(' '.join(command), 60)}"
        return
    resolver, arguments = task.loader
    modules = [resolver.rpartition(".")[0]]
    modules += [after for each, after in itertools.pairwise(arguments) if each == _MODULE]
    for module in modules:
        place = _place_outside(module, allowed)
        if place:
            yield f"task {key.name} imports {module} ({place})"


def _place_outside(module: str, allowed: list[Path]) -> str:
    """Where a module would come from, if that is not below one of the folders; empty otherwise, and for one that is not there."""
    top = module.partition(".")[0]
    if is_ours(module) or top in {"flytekit", "flyte"}:  # drawloom's own, under a peer's name
        return ""
    if top in sys.builtin_module_names:
        return "a part of Python"
    spec = PathFinder.find_spec(top, sys.path)
    if spec is None:
        return ""
    places = [*(spec.submodule_search_locations or ()), *([spec.origin] if spec.origin else [])]
    outside = [place for place in places if not any(_is_below(Path(place).resolve(), each) for each in allowed)]
    return outside[0] if outside else ""


def _is_below(path: Path, folder: Path) -> bool:
    """Whether a path is in a folder, and not among the packages that are installed in an environment there."""
    return path.is_relative_to(folder) and not _INSTALLED.intersection(path.relative_to(folder).parts)
