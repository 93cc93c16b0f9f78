"""What code is the user's own, and what it names: neither the standard library, nor installed packages, nor drawloom."""

from __future__ import annotations

import dis
import functools
import importlib
import importlib.util
import os
import site
import sys
import sysconfig
import types
from collections.abc import Mapping
from pathlib import Path

from literals import OUR_PACKAGES

GLOBAL_LOADS = frozenset({"LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS"})
"""Names of the operations that read a global."""


def imported(instructions: list[dis.Instruction], names: Mapping[str, object]) -> list[str]:
    """Full names of the user's own modules that the code imports itself."""
    found: set[str] = set()
    for index, each in enumerate(instructions):
        if each.opname == "IMPORT_NAME":
            level = instructions[index - 2].argval if index > 1 else 0
            package = str(names.get("__package__") or "")
            dots = "." * level if isinstance(level, int) else ""
            full = importlib.util.resolve_name(dots + each.argval, package or None) if dots else str(each.argval)
            if _is_user_name(full):
                found.add(full)
    return sorted(found)


def user_module(name: str) -> types.ModuleType:
    """The module of that name, imported."""
    return importlib.import_module(name)


def _is_user_name(name: str) -> bool:
    """Whether a module of this full name is the user's."""
    if name.partition(".")[0] in (OUR_PACKAGES | sys.stdlib_module_names):
        return False
    if name in sys.modules:
        return is_user_module(sys.modules[name])
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return False
    return spec is not None and spec.origin is not None and not _is_library_path(spec.origin)


def is_user_module(module: types.ModuleType) -> bool:
    """Whether a module is the user's."""
    top = module.__name__.partition(".")[0]
    if top in OUR_PACKAGES or top in sys.stdlib_module_names:
        return False
    file = getattr(module, "__file__", None)
    if file is None:
        return module.__name__ == "__main__" or getattr(module, "__path__", None) is not None
    return not _is_library_path(file)


def is_user_function(function: types.FunctionType) -> bool:
    """Whether a function is written in a module of the user's."""
    name = str(function.__globals__.get("__name__", "__main__"))
    if name.partition(".")[0] in (OUR_PACKAGES | sys.stdlib_module_names):
        return False
    return not _is_library_path(str(function.__globals__.get("__file__") or function.__code__.co_filename))


def _is_library_path(path: str) -> bool:
    return os.path.realpath(path).startswith(_library_roots())


@functools.cache
def _library_roots() -> tuple[str, ...]:
    """Folders of the standard library and of installed packages, each ending with a separator."""
    known = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    known += [*site.getsitepackages(), site.getusersitepackages()]
    return tuple(sorted({str(Path(each).resolve()) + os.sep for each in known if each}))
