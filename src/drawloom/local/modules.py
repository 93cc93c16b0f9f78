"""What a command works on: a Python file, a module, or something compiled; and the entities in it.

A Python file is imported under the name that it has in its package: the nearest folder above it without an `__init__.py`
goes onto the path. The name does not depend on where the command is run, so neither do the compiled bytes.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import pkgutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, TypeGuard

from compiler import is_users, location_of
from drawloom.exports.lazy_exports import did_you_mean
from drawloom.exports.shadowing import refuse_shadows_in
from drawloom.local.errors import TargetError
from literals import DrawloomError, attempt

PYTHON = ".py"
PEERS = ("flytekit", "flyte")
"""Packages whose programs run as they are when their name is given to drawloom."""


class UserModuleError(DrawloomError, RuntimeError):
    """The user's module failed while it was imported."""


def is_python(target: str) -> bool:
    """Whether a target is Python to be compiled, rather than something compiled.

    Raises:
        TargetError: it is neither a file or folder nor the name of a module.
    """
    path = Path(target)
    if path.suffix == PYTHON:
        return True
    if path.exists():
        return path.is_dir() and (path / "__init__.py").is_file()
    if all(part.isidentifier() for part in target.split(".")):
        return True
    raise TargetError(
        f"there is no file, folder or module {target!r}",
        expected="a Python file, a module, a compiled file, or a folder of compiled files",
        got="nothing at that path",
        fix=did_you_mean(path.name, _beside(path)).removeprefix("; ") or "check the path",
    )


def require_python(target: str) -> None:
    """Refuse a compiled file where a command needs the code.

    Raises:
        TargetError: it is one.
    """
    if not is_python(target):
        raise TargetError(
            f"{target} is compiled already",
            expected="a Python file or module",
            got="a compiled file",
            fix="give the Python file or module",
        )


def import_target(target: str) -> ModuleType:
    """Import the Python file or module.

    Raises:
        TargetError: it is not there.
        UserModuleError: it is there and raises; the cause is the user's error.
    """
    path = Path(target)
    if path.suffix == PYTHON or path.exists():
        name = _module_name(path)
    else:
        name = target
        put_on_path([str(Path.cwd())])
        if _missing(name):
            raise TargetError(
                f"there is no module {name!r}",
                expected="a module on the path, or one below the current folder",
                got=f"no module {name!r} in {', '.join(folder or '.' for folder in sys.path[:3])}, …",
                fix="check the name, or give the path of the file",
            )
    outcome = attempt(importlib.import_module, name)
    error = outcome.error
    if error is None:
        return outcome.unwrap()
    if isinstance(error, DrawloomError):
        raise error
    missing = (getattr(error, "name", None) or "").partition(".")[0] if isinstance(error, ModuleNotFoundError) else ""
    what = (
        "cannot be imported"
        if isinstance(error, ImportError)
        else f"fails while it is imported: {type(error).__name__}"
    )
    fix = f"pass `--as {missing}`, so that `import {missing}` in the file means drawloom" if missing in PEERS else ""
    place, line = _place(error, name)
    raise UserModuleError(
        f"{target} {what}: {error}",
        where=place,
        expected="a module that can be imported",
        got=line or type(error).__name__,
        fix=fix or _cure(error, missing),
    ) from error


def _beside(path: Path) -> list[str]:
    """What lies where a path that is not there would."""
    return [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else []


def put_on_path(folders: Iterable[str]) -> None:
    """Let modules in these folders be found, before those in any other; folders that are there stay where they are.

    Raises:
        TargetError: a file or package there has the name of one of drawloom's own packages.
    """
    new = [folder for folder in folders if folder not in sys.path]
    try:
        refuse_shadows_in(new)
    except ImportError as error:
        raise TargetError(
            str(error),
            where=error.path or "",
            expected="a folder whose modules leave drawloom's packages alone",
            got=error.name or "",
            fix="rename it",
        ) from None
    sys.path[:0] = dict.fromkeys(new)


def _module_name(path: Path) -> str:
    if not path.exists():
        raise TargetError(
            f"there is no file {str(path)!r}",
            expected="a Python file, a module, a compiled file, or a folder of compiled files",
            got="nothing at that path",
            fix=did_you_mean(path.name, _beside(path)).removeprefix("; ") or "check the path",
        )
    path = path.resolve()
    root = path.parent
    while (root / "__init__.py").is_file():
        root = root.parent
    put_on_path([str(root)])
    parts = list(path.relative_to(root).with_suffix("").parts)
    if parts[-1] == "__init__":
        parts.pop()
    if bad := [part for part in parts if not part.isidentifier()]:
        raise TargetError(
            f"{path.name} cannot be imported by name: {bad[0]!r} is not a valid Python name",
            where=str(path),
            expected="a name of letters, digits and _, such as `pipeline.py`",
            got=repr(bad[0]),
            fix="rename it, so that a task in it can be found again when it is run",
        )
    name = ".".join(parts)
    loaded = sys.modules.get(name)
    if loaded is not None and not _is_same(loaded, path):
        raise TargetError(
            f"another module named {name!r} is already loaded from {getattr(loaded, '__file__', None)}",
            where=str(path),
            expected="a name that no other module has",
            got=name,
            fix="rename the file",
        )
    return name


def _is_same(module: ModuleType, path: Path) -> bool:
    file = getattr(module, "__file__", None)
    return file is not None and Path(os.path.realpath(file)) in {path, path / "__init__.py"}


def _missing(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is None
    except ModuleNotFoundError:
        return True


def _place(error: BaseException, module: str) -> tuple[str, str]:
    """The last line of the user's that the error passed through, and its text; for a syntax error, the line that is wrong."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}", (error.text or "").strip()
    location = location_of(error)
    known = location is not None and is_users(location.file)
    return (str(location), location.text()) if location is not None and known else (module, "")


def _cure(error: BaseException, missing: str) -> str:
    """What to do about a module that cannot be imported."""
    if isinstance(error, SyntaxError):
        return "mend the syntax of that line"
    if missing:
        return f"install what provides `{missing}`, or name the folder that holds it by --path"
    return "mend that line, or what it calls"


def is_entity(value: Any) -> TypeGuard[Any]:
    """Whether a module's attribute is a task, workflow or launch plan."""
    return (
        not isinstance(value, type) and all(hasattr(value, a) for a in ("name", "python_interface")) and callable(value)
    )


def entities_in(module: ModuleType) -> dict[str, Any]:
    """The entities of a module by attribute name, in the order of the file; one entity once.

    Raises:
        TargetError: one of them is flytekit's or flyte's, which are installed beside drawloom.
    """
    found: dict[str, Any] = {}
    for name, value in vars(module).items():
        peer = type(value).__module__.partition(".")[0]
        if (
            peer in PEERS
            and not isinstance(value, ModuleType)
            and (is_entity(value) or hasattr(value, "native_interface"))
        ):
            raise TargetError(
                f"{name} is made by the {peer} that is installed here",
                where=getattr(module, "__file__", None) or module.__name__,
                expected="entities of drawloom",
                got=f"{type(value).__module__}.{type(value).__qualname__}",
                fix=f"pass `--as {peer}`, so that `import {peer}` in the file means drawloom",
            )
        if is_entity(value) and all(value is not other for other in found.values()):
            found[name] = value
    return found


def entities_of(target: str) -> dict[str, Any]:
    """The entities of a file, a module, or a package with every module below it; one entity once.

    An entity of a package has its attribute's name, and the module's before it where another has that name too.

    Raises:
        TargetError: it is not there, or an entity is of a peer that is installed beside drawloom.
        UserModuleError: a module raises while it is imported.
    """
    module = import_target(target)
    found = entities_in(module)
    for below in pkgutil.walk_packages(getattr(module, "__path__", ()), f"{module.__name__}."):
        for name, entity in entities_in(import_target(below.name)).items():
            if all(entity is not other for other in found.values()):
                short = f"{below.name.removeprefix(f'{module.__name__}.')}.{name}"
                found[short if name in found else name] = entity
    return found


def choose(found: dict[str, Any], names: Sequence[str], where: str) -> list[Any]:
    """The entities of these names (the attribute's, or the entity's own); all of them when none is named.

    Raises:
        TargetError: there is none, or none of a given name; the error lists those that are there.
    """
    if not found:
        raise TargetError(
            "there is no task, workflow or launch plan",
            where=where,
            expected="an entity at the top level of a module",
            got="none",
            fix="decorate a function with @task",
        )
    if not names:
        return list(found.values())
    return [choose_one(found, name, where) for name in names]


def choose_one(found: dict[str, Any], name: str, where: str) -> Any:
    """The entity of this name, be it the key, the entity's own name, or the end of that name.

    Raises:
        TargetError: there is none, or more than one.
    """
    if name in found:
        return found[name]
    ends = {key: value for key, value in found.items() if _answers(key, value, name)}
    if len(ends) == 1:
        return next(iter(ends.values()))
    raise TargetError(
        f"{'several entities match' if ends else 'there is no entity'} {name!r}",
        where=where,
        expected="one of " + ", ".join(sorted(ends or found)),
        got=repr(name),
        fix=(
            "name one of them whole"
            if ends
            else did_you_mean(name, found).removeprefix("; ") or "give one of these names"
        ),
    )


def _answers(key: str, value: Any, name: str) -> bool:
    own = getattr(value, "name", "")
    return name == own or any(str(full).endswith(f".{name}") for full in (key, own))
