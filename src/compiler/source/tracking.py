"""Where an entity was made and which module variable holds it, so that another process can find it by import.

Names follow flytekit: `<module>.<function>`, the module by its import name below the topmost package, `__main__` by the
stem of its file.
"""

# Every module with a task loads this one, and pathlib would cost it 5 ms.
# ruff: noqa: PTH100, PTH113, PTH118, PTH122

from __future__ import annotations

import inspect
import itertools
import os
import sys
import weakref
from collections.abc import Callable, Iterator
from typing import Any

from compiler.errors import AuthoringError
from compiler.source_location import user_frame

_sequence = itertools.count()
_declared: dict[int, weakref.ref[Any]] = {}


class TrackedInstance:
    """Knows the module it was made in, and finds the variable that holds it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        frame = user_frame(2)
        self._instantiated_in: str = frame.f_globals.get("__name__", "__main__")
        self._lhs: str | None = None
        self._sequence = next(_sequence)
        number = self._sequence
        _declared[number] = weakref.ref(self, lambda _: _declared.pop(number, None))

    @property
    def instantiated_in(self) -> str:
        """Import name of the module that made this."""
        return self._instantiated_in

    @property
    def lhs(self) -> str | None:
        """The module variable that holds this; None while there is none."""
        if self._lhs is None:
            names = list(vars(self._module).items()) if self._module is not None else []
            self._lhs = next((name for name, value in names if value is self), None)
        return self._lhs

    @property
    def _module(self) -> Any:
        return sys.modules.get(self._instantiated_in)

    def find_lhs(self) -> str:
        """The module variable that holds this.

        Raises:
            AuthoringError: no variable of the module does.
        """
        found = self.lhs
        if found is None:
            raise AuthoringError(
                f"no variable of module `{self._instantiated_in}` holds this {type(self).__name__}",
                fix="assign it to a variable at the top level of the module",
            )
        return found

    @property
    def location(self) -> str:
        """`<module>.<variable>`, which an import finds again."""
        module = self._instantiated_in
        if module == "__main__" and self._module is not None:
            module = module_name_of_file(getattr(self._module, "__file__", None) or module)
        return f"{module}.{self.find_lhs()}"


def declared_in(module: str) -> Iterator[Any]:
    """Entities made in a module, in the order in which they were made, as far as something still holds them.

    Of several with one name (a cell of a notebook run again, a module loaded again) only the latest.
    """
    found: dict[tuple[int, str], Any] = {}
    for number in sorted(_declared):
        reference = _declared.get(number)
        entity = reference() if reference is not None else None
        if entity is not None and entity.instantiated_in == module and hasattr(type(entity), "resource_type"):
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
    loaded = sys.modules.get(module)
    path = getattr(loaded, "__file__", None)
    if module == "__main__":
        module = module_name_of_file(path) if path else "__main__"
    elif path:
        absolute = module_name_of_file(path)
        # A name that is longer because of folders above the import root is the one another process can import.
        if len(absolute) > len(module) and absolute.endswith(module):
            module = absolute
    return f"{module}.{name}", module, name


def is_nested(fn: Callable[..., Any]) -> bool:
    """Whether the function was made inside another one, so that an import cannot reach it."""
    if "<locals>" not in getattr(fn, "__qualname__", ""):
        return False
    bare = inspect.unwrap(fn)
    if bare is not fn and "<locals>" not in getattr(bare, "__qualname__", ""):
        return False
    last = (getattr(fn, "__module__", None) or "").rsplit(".", 1)[-1]
    return not last.startswith("test_")
