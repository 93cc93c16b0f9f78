"""Layer 0: the messages of `drawloom.v1`, and pure functions over literals and literal types. Knows no Python type.

What every import of a task module needs is here at once; the rest is loaded when it is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from literals import _pb as pb
from literals.canonical import canonical_bytes
from literals.errors import DrawloomError, preview
from literals.foreign import Outcome, attempt, attempt_async
from literals.limits import LimitError, MalformedError, check_size, parse, too_deep
from literals.maps import map_order, pack_map, unpack_map
from literals.ours import OUR_FOLDERS, OUR_PACKAGES, is_ours
from literals.wire import WireError

if TYPE_CHECKING:
    from literals import bulk, columns, limits, path, shadow, wire
    from literals.assignability import assignable
    from literals.conformance import Mismatch, conforms
    from literals.digests import digest
    from literals.pretty import literal_text, primitive_text, scalar_text, struct_text, type_text

_ROOMS = {
    "assignability": ("assignable",),
    "conformance": ("Mismatch", "conforms"),
    "digests": ("digest",),
    "pretty": ("literal_text", "primitive_text", "scalar_text", "struct_text", "type_text"),
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}
_MODULES = ("bulk", "columns", "limits", "path", "shadow", "wire")


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"literals.{name}")
    room = _ROOM_OF.get(name)
    if room is None:
        raise AttributeError(f"module 'literals' has no attribute {name!r}")
    value = getattr(import_module(f"literals.{room}"), name)
    globals()[name] = value
    return value


__all__ = [
    "OUR_FOLDERS",
    "OUR_PACKAGES",
    "DrawloomError",
    "LimitError",
    "MalformedError",
    "Mismatch",
    "Outcome",
    "WireError",
    "assignable",
    "attempt",
    "attempt_async",
    "bulk",
    "canonical_bytes",
    "check_size",
    "columns",
    "conforms",
    "digest",
    "is_ours",
    "limits",
    "literal_text",
    "map_order",
    "pack_map",
    "parse",
    "path",
    "pb",
    "preview",
    "primitive_text",
    "scalar_text",
    "shadow",
    "struct_text",
    "too_deep",
    "type_text",
    "unpack_map",
    "wire",
]
