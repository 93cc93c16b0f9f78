"""How every package of drawloom offers names without loading what is behind them (PEP 562); there is no other way to.

`names` maps a public name to where it lives: a module ("compiler"), a module and the name there ("compiler:Cache", "literals:pb.Literal"),
or the module itself ("drawloom.io:*"). Nothing is imported until a name is first read; then it is kept, so that the second read costs
nothing.
"""

from __future__ import annotations

import sys
from importlib import import_module

# Not typing's own name: importing typing costs as much as the rest of `import drawloom`. Checkers know the name.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any


def lazy(module: str, names: Mapping[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """The `__getattr__` and `__dir__` of `module`."""

    def get(name: str) -> Any:
        target = names.get(name)
        if target is None:
            raise AttributeError(f"module {module!r} has no attribute {name!r}{did_you_mean(name, names)}", name=name)
        origin, _, there = target.partition(":")
        value: Any = import_module(origin)
        for part in () if there == "*" else (there or name).split("."):
            value = getattr(value, part)
        vars(sys.modules[module])[name] = value
        return value

    def listed() -> list[str]:
        return sorted({*vars(sys.modules[module]), *names})

    return get, listed


def lazy_rooms(package: str, rooms: Mapping[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """`lazy` for a package's `__init__`: `{room: "name name here=there"}`, with rooms named from the package on."""
    return lazy(package, table({f"{package}.{room}": names for room, names in rooms.items()}))


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """The end of a sentence that offers the name closest to a misspelt one; empty where none is close."""
    import difflib  # noqa: PLC0415 - only a misspelt name needs it

    close = difflib.get_close_matches(name, list(names), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def table(origins: Mapping[str, str]) -> dict[str, str]:
    """`{origin: "name name here=there"}` turned round: `{name: origin, here: "origin:there"}`."""
    turned: dict[str, str] = {}
    for origin, names in origins.items():
        for entry in names.split():
            here, _, there = entry.partition("=")
            turned[here] = f"{origin}:{there}" if there else origin
    return turned


def run_entity(entity: object, inputs: Mapping[str, Any], /) -> Any:
    """Run an entity with inputs by name; what runs it is loaded by the first call that needs it."""
    return import_module("drawloom.local.call").call(entity, inputs)
