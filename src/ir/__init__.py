"""Layer 1: pure functions over workflow, task and plan messages: walk, order, verify, print, diff.

`Key` is here at once; everything else is loaded when it is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ir.keys import Key, key

if TYPE_CHECKING:
    from ir.bundle import bundle_from_specs, connections
    from ir.columns import CONSTANT, INPUTS
    from ir.difference import diff
    from ir.ordering import CycleError, order
    from ir.printing import pretty
    from ir.problems import Problem, VerifyError
    from ir.quick import Rows
    from ir.verification import BUNDLE_FORMAT, check, rules, verify
    from ir.walking import Place, all_references, inner, promises, references, upstream, walk, walk_template

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
        raise AttributeError(f"module 'ir' has no attribute {name!r}")
    value = getattr(import_module(f"ir.{room}"), name)
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
