"""What a compiled file would run when it is run: the modules it imports, and the commands it starts; and whether that was allowed.

A file says by name which code its tasks are. From anybody's file that could be any module of this machine, or any command, so only
modules below folders that were given are imported, and no command is started, unless the user says that the file is to be trusted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

from google.protobuf.message import Message

from drawloom.interpreter import (
    ACTIONS,
    OURS,
    DynamicJob,
    Program,
    RecordedRun,
    RunOptions,
    large_outputs,
    load,
    read_run,
)
from drawloom.ir import Key
from literals import DrawloomError, attempt, is_mapping, is_ours, parse, pb, preview, unpack_map

_SHOWN = 5
_THREAD = RunOptions().isolation
_RUNNERS = frozenset({*OURS, "pyflyte-execute", "pyflyte-map-execute"})
"""Programs that run a task by its loader arguments, which are looked at."""
_STEERING = frozenset({
    "BASH_ENV", "DYLD_INSERT_LIBRARIES", "DYLD_LIBRARY_PATH", "ENV", "GCONV_PATH", "LD_AUDIT", "LD_LIBRARY_PATH", "LD_PRELOAD", "PATH",
    "PYTHONBREAKPOINT", "PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "PYTHONUSERBASE",
})  # fmt: skip
"""Variables by which a program is made to run something else, or from elsewhere."""
_PICKLED = "PythonPickle"
_PICKLE_TAGS = frozenset({"", "pickle", "cloudpickle"})
_INSTALLED = frozenset({"site-packages", "dist-packages"})


class UntrustedFileError(DrawloomError, PermissionError):
    """A compiled file would run what the user has not allowed."""


def given_folders(more: Iterable[str | os.PathLike[str]]) -> list[Path]:
    """The folders whose modules a file may name: these, the working folder, and those of `PYTHONPATH`."""
    variable = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    return [Path(each).resolve() for each in (*more, Path.cwd(), *filter(None, variable))]


def check_trust(program: Program, folders: Iterable[Path], where: str, *, isolated: bool = False) -> None:
    """Refuse a program that would run what was not allowed; nothing is imported for this.

    That is: a task imports another module than those below `folders` or drawloom's, starts a command, or sets a variable that
    makes other programs run something; or a value in the file is a pickle. `isolated`: tasks run by their own commands.

    Raises:
        UntrustedFileError: it would; all that it would run is named.
    """
    allowed = [*folders]
    _check([*_of_program(program, allowed, isolated=isolated)], allowed, where)


def check_record(folder: Path, folders: Iterable[Path], *, python: str = "") -> None:
    """Refuse to go on with a recorded run that would run what was not allowed, as `check_trust` does.

    Besides the program that was compiled, looked at are what dynamic tasks became, the interpreter that the record names, where
    a task of an environment is imported from, and the recorded values. `python`: the interpreter that the user names instead.

    Raises:
        UntrustedFileError: it would.
        RunDirectoryError: the folder holds no record that can be read.
        MalformedError: what a dynamic task became cannot be read.
    """
    recorded = read_run(folder)
    allowed = [*folders]
    settings = recorded.settings
    named = "" if python else settings.get("python", "")
    isolated = bool(python or named) or settings.get("isolation", _THREAD) != _THREAD
    found = [f"the run starts the interpreter {preview(named, 60)}"] if named else []
    if recorded.info.kind == ACTIONS:
        found += _of_location(recorded.about.get("location"), recorded.info.entity.name, allowed)
        program = Program()
    else:
        program = load(recorded.bundle)
        found += _of_program(program, allowed, isolated=isolated)
    for frame in recorded.frames:
        if frame["k"] == "spec":
            found += _of_program(DynamicJob.unpack(frame["v"]).program(program, {}), allowed, isolated=isolated)
    if any(map(_has_pickle, _values(recorded))):
        found.append("a recorded value is a pickle, or refers to one")
    _check(found, allowed, str(folder))


def _of_program(program: Program, allowed: list[Path], *, isolated: bool) -> Iterator[str]:
    for key in program.tasks:
        yield from _runs(program, key, allowed, isolated=isolated)
    for each in (*program.workflows.values(), *program.plans.values()):
        if _has_pickle(each):
            yield f"a value in {each.id.name} is a pickle, or refers to one"


def _of_location(location: object, entity: str, allowed: list[Path]) -> Iterator[str]:
    """What would be imported to find the task of a run of actions: its module, or the file that it was read from."""
    said: Mapping[object, object] = location if is_mapping(location) else {}
    module, file = said.get("module"), said.get("file")
    for name in {entity.rpartition(".")[0], module if isinstance(module, str) and module != "__main__" else ""}:
        if name and (place := _place_outside(name, allowed)):
            yield f"the run imports {name} ({place})"
    if isinstance(file, str) and not any(_is_below(Path(file).resolve(), each) for each in allowed):
        yield f"the run imports the file {preview(file, 100)}"


def _values(recorded: RecordedRun) -> Iterator[pb.Literal]:
    """The recorded inputs and outputs. What is not a literal is not a value of the run's either."""
    for data in recorded.inputs.values():
        yield from _literals(data)
    for frame in recorded.frames:
        if frame["k"] == "out":
            packed = frame.get("v")
            if packed is None:
                packed = large_outputs(recorded.info.path, frame["f"])
            outputs = attempt(unpack_map, packed).value if packed is not None else None
            for data in (outputs or {}).values():
                yield from _literals(data)


def _literals(data: bytes) -> Iterator[pb.Literal]:
    made = attempt(parse, pb.Literal, data)
    if made.value is not None:
        yield made.value


def _has_pickle(message: Message) -> bool:
    """Whether a pickle is anywhere in a message; a stored literal that cannot be looked into counts as one."""
    waiting: list[Message] = [message]
    while waiting:
        each = waiting.pop()
        if isinstance(each, pb.Blob) and each.metadata.type.format == _PICKLED:
            return True
        if isinstance(each, pb.Binary) and each.tag in _PICKLE_TAGS:
            return True
        if isinstance(each, pb.Literal) and (
            each.WhichOneof("value") == "offloaded_metadata" or each.metadata.get("format") == "pickle"
        ):
            return True
        for field, value in each.ListFields():
            if field.message_type is not None:
                waiting += _messages_in(value)
    return False


def _messages_in(value: Any) -> Iterable[Message]:
    """The messages that a field of messages has: one, some, or those of a map."""
    if isinstance(value, Message):
        return (value,)
    return [item for item in (value.values() if is_mapping(value) else value) if isinstance(item, Message)]


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


def _runs(program: Program, key: Key, allowed: list[Path], *, isolated: bool) -> Iterator[str]:
    task = program.task(key)
    container = program.tasks[key].container
    command = [*container.command, *container.args]
    for pair in container.env:
        if pair.key.upper() in _STEERING:
            yield f"task {key.name} sets {pair.key}"
    if task is None or task.loader is None:
        if command and not container.image:
            yield f"task {key.name} starts the command {preview(' '.join(command), 60)}"
        return
    if isolated and command[0] not in _RUNNERS:
        yield f"task {key.name} starts the command {preview(' '.join(command), 60)}"
    for module in task.modules:
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
