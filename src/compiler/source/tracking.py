"""Where an entity was made and which module variable holds it, so that another process can find it by import.

Names follow flytekit: `<module>.<function>`, the module by its import name below the topmost package, `__main__` by the
stem of its file.
"""

# Every module with a task loads this one, and pathlib would cost it 5 ms.
# ruff: noqa: PTH100, PTH113, PTH118, PTH122

from __future__ import annotations

import ast
import functools
import inspect
import itertools
import linecache
import os
import sys
import weakref
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

from compiler.errors import NotImportableError
from compiler.source_location import SourceLocation, is_machinery, user_frame

_sequence = itertools.count()
_declared: dict[int, weakref.ref[Any]] = {}


class TrackedInstance:
    """Knows the module it was made in, and finds the variable that holds it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        frame = user_frame(2)
        self._made_at = SourceLocation(frame.f_code, frame.f_lasti)
        self._made_in: str = frame.f_globals.get("__name__", "__main__")
        self._instantiated_in: str = _module_running(frame) or self._made_in
        self._lhs: str | None = None
        self._sequence = next(_sequence)
        number = self._sequence
        _declared[number] = weakref.ref(self, lambda _: _declared.pop(number, None))

    @property
    def instantiated_in(self) -> str:
        """Import name of the module whose top level made this, be it by a function of another module."""
        return self._instantiated_in

    @property
    def made_at(self) -> SourceLocation:
        """The line of the user's source that made this."""
        return self._made_at

    @property
    def lhs(self) -> str | None:
        """The module variable that holds this; None while there is none."""
        if self._lhs is None:
            found = self.find_variable()
            self._lhs = found[1] if found is not None else None
        return self._lhs

    def find_variable(self) -> tuple[str, str] | None:
        """The module, as it is loaded here, and its variable that holds this very object; None while there is none.

        Looked for where the function of a task was defined, under its name first, and where the object was made.
        """
        function = getattr(self, "task_function", None) or getattr(self, "function", None)
        home: str = getattr(function, "__module__", None) or self._instantiated_in
        preferred = getattr(function, "__name__", "")
        if vars(sys.modules.get(home, object)).get(preferred) is self:
            return home, preferred
        for module in dict.fromkeys((home, self._instantiated_in, self._made_in)):
            loaded = sys.modules.get(module)
            for name, value in list(vars(loaded).items()) if loaded is not None else ():
                if value is self:
                    return module, name
        return None

    def find_lhs(self) -> str:
        """The module variable that holds this.

        Raises:
            NotImportableError: no variable of the module does.
        """
        found = self.lhs
        if found is None:
            raise NotImportableError(
                f"no variable of module `{self._instantiated_in}` holds this {type(self).__name__}",
                where=getattr(self, "name", ""),
                expected="a variable at the top level of the module",
                got="none",
                fix="assign it to a variable at the top level of the module",
                location=self._made_at,
            )
        return found

    @property
    def location(self) -> str:
        """`<module>.<variable>`, which an import finds again."""
        name = self.find_lhs()
        module, _ = self.find_variable() or (self._instantiated_in, name)
        return f"{importable_name(module)}.{name}"


def _module_running(frame: FrameType | None) -> str | None:
    """The module whose top level is running the call, through functions of any user code; None in a running program."""
    while frame is not None:
        if frame.f_code.co_name == "<module>":
            return frame.f_globals.get("__name__")
        if is_machinery(frame):
            return None
        frame = frame.f_back
    return None


def declared_in(module: str) -> Iterator[Any]:
    """Entities made in a module, in the order in which they were made, as far as something still holds them.

    Of several with one name (a cell of a notebook run again, a module loaded again) only the latest.
    """
    found: dict[tuple[int, str], Any] = {}
    for number in sorted(_declared):
        reference = _declared.get(number)
        entity = reference() if reference is not None else None
        if entity is not None and entity.instantiated_in == module and hasattr(entity.__class__, "resource_type"):
            found.pop((entity.resource_type, entity.name), None)
            found[entity.resource_type, entity.name] = entity
    yield from found.values()


def module_name_of_file(path: str) -> str:
    """The import name of a file: its stem, below the packages (folders with `__init__.py`) that hold it."""
    folder, file = os.path.split(os.path.abspath(path))
    stem = os.path.splitext(file)[0]
    parts = [] if stem == "__init__" else [stem]
    while os.path.isfile(os.path.join(folder, "__init__.py")):
        folder, package = os.path.split(folder)
        parts.insert(0, package)
    return ".".join(parts)


def function_names(fn: Callable[..., Any]) -> tuple[str, str, str]:
    """(full name, module, function name) of a function, as flytekit names tasks and workflows."""
    module: str = getattr(fn, "__module__", None) or "__main__"
    name: str = getattr(fn, "__name__", None) or type(fn).__name__
    if name == "<lambda>":
        name = "lambda"
    module = importable_name(module)
    return f"{module}.{name}", module, name


def importable_name(module: str) -> str:
    """The name by which another process imports a module that is loaded here as `module`.

    `__main__` by its file; `__main__` itself in a notebook or a prompt, which have none.
    """
    path = getattr(sys.modules.get(module), "__file__", None)
    if module == "__main__":
        return module_name_of_file(path) if path and os.path.isfile(path) else module
    if path:
        absolute = module_name_of_file(path)
        # A name that is longer because of folders above the import root is the one another process can import.
        if len(absolute) > len(module) and absolute.endswith(module):
            return absolute
    return module


def is_guarded(module: str, variable: str) -> bool:
    """Whether a variable of the running script is set only below `if __name__ == ...`, so that an import does not set it."""
    path = getattr(sys.modules.get(module), "__file__", None)
    return module == "__main__" and path is not None and variable in _guarded_names(path)


@functools.lru_cache(maxsize=8)
def _guarded_names(path: str) -> frozenset[str]:
    try:
        tree = ast.parse("".join(linecache.getlines(path)))
    except SyntaxError:
        return frozenset()
    guarded: set[str] = set()
    free: set[str] = set()
    for statement in tree.body:
        is_guard = isinstance(statement, ast.If) and any(
            isinstance(part, ast.Name) and part.id == "__name__" for part in ast.walk(statement.test)
        )
        names = guarded if is_guard else free
        for part in ast.walk(statement):
            if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef)):
                names.add(part.name)
            elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                names.add(part.id)
            elif isinstance(part, ast.alias):
                names.add(part.asname or part.name)
    return frozenset(guarded - free)


def is_nested(fn: Callable[..., Any]) -> bool:
    """Whether the function was made inside another one, so that an import cannot reach it."""
    if "<locals>" not in getattr(fn, "__qualname__", ""):
        return False
    bare = inspect.unwrap(fn)
    if bare is not fn and "<locals>" not in getattr(bare, "__qualname__", ""):
        return False
    return not is_test_module(getattr(fn, "__module__", None) or "")


def is_test_module(module: str) -> bool:
    """Whether a module holds tests, whose functions may declare tasks that only they run, as in flytekit."""
    return module.rsplit(".", 1)[-1].startswith("test_")
