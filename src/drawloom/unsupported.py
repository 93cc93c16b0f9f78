"""Modules of Flyte 2 that serve a platform: they import, their names can be written, and using one says why it is not here.

So a program that only mentions them runs, and one that depends on them ends at the line that needs what drawloom is not.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, NoReturn

from drawloom.errors import UnsupportedHereError


class _Absent(type):
    """A name whose use is refused: calling it, an attribute of it, a part of it."""

    why: str
    instead: str

    def _refuse(cls, use: str) -> NoReturn:
        raise UnsupportedHereError(f"{use} needs {cls.why}", where=cls.__qualname__, fix=cls.instead)

    def __call__(cls, *_: Any, **__: Any) -> NoReturn:
        cls._refuse(cls.__qualname__)

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        cls._refuse(f"{cls.__qualname__}.{name}")


def absent(module: str, names: Collection[str], *, why: str, instead: str) -> Callable[[str], Any]:
    """The `__getattr__` of a module whose names are refused when used.

    Raises:
        AttributeError: a name that Flyte 2's module does not have either.
    """
    made: dict[str, Any] = {}

    def get(name: str) -> Any:
        if name not in names:
            raise AttributeError(f"module {module!r} has no attribute {name!r}", name=name)
        if name not in made:
            parts = {"__doc__": f"Not here: needs {why}.", "__module__": module, "why": why, "instead": instead}
            made[name] = _Absent(name, (), parts)
        return made[name]

    return get
