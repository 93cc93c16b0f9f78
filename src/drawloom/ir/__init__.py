"""Layer 1: pure functions over workflow, task and plan messages: walk, order, verify, print, diff.

`Key` is here at once; everything else is loaded when it is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from drawloom.ir.keys import Key, key

if TYPE_CHECKING:
    from drawloom.ir.bundle import bundle_from_specs, connections
    from drawloom.ir.columns import CONSTANT, INPUTS
    from drawloom.ir.difference import diff
    from drawloom.ir.ordering import CycleError, order
    from drawloom.ir.printing import pretty
    from drawloom.ir.problems import Problem, VerifyError
    from drawloom.ir.quick import Rows
    from drawloom.ir.verification import BUNDLE_FORMAT, check, rules, verify
    from drawloom.ir.walking import Place, all_references, inner, promises, references, upstream, walk, walk_template

_ROOMS = {
    "bundle": ("bundle_from_specs", "connections"),
    "columns": ("CONSTANT", "INPUTS"),
    "difference": ("diff",),
    "ordering": ("CycleError", "order"),
    "printing": ("pretty",),
    "problems": ("Problem", "VerifyError"),
    "quick": ("Rows",),
    "verification": ("BUNDLE_FORMAT", "check", "rules", "verify"),
    "walking": ("Place", "all_references", "inner", "promises", "references", "upstream", "walk", "walk_template"),
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}


def __getattr__(name: str) -> Any:
    room = _ROOM_OF.get(name)
    if room is None:
        raise AttributeError(f"module 'drawloom.ir' has no attribute {name!r}")
    value = getattr(import_module(f"drawloom.ir.{room}"), name)
    globals()[name] = value
    return value


__all__ = [
    "BUNDLE_FORMAT",
    "CONSTANT",
    "INPUTS",
    "CycleError",
    "Key",
    "Place",
    "Problem",
    "Rows",
    "VerifyError",
    "all_references",
    "bundle_from_specs",
    "check",
    "connections",
    "diff",
    "inner",
    "key",
    "order",
    "pretty",
    "promises",
    "references",
    "rules",
    "upstream",
    "verify",
    "walk",
    "walk_template",
]
