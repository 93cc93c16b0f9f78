"""Layer 0: the messages of `drawloom.v1`, and pure functions over literals and literal types. Knows no Python type.

What every import of a task module needs is here at once; the rest is loaded when it is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from literals import _pb as pb
from literals.canonical import canonical_bytes
from literals.drawloom_code import OUR_FOLDERS, OUR_PACKAGES, is_ours
from literals.entrance import entrance
from literals.errors import DrawloomError, preview
from literals.foreign import CallResult, attempt, attempt_async
from literals.limits import LimitError, MalformedError, check_size, parse, too_deep
from literals.literal_maps import map_order, pack_map, unpack_map
from literals.tracebacks import shown
from literals.wire import WireError

if TYPE_CHECKING:
    from literals import limits, list_decoding, list_encoding, path, shadow, wire
    from literals.assignability import assignable
    from literals.conformance import Mismatch, conforms
    from literals.digests import digest
    from literals.pretty import literal_text, primitive_text, scalar_text, struct_text, type_text
    from literals.type_visitor import TypeVisitor, children, is_none, is_simple, nested, takes_none, variants

_LAZY = {
    "assignability": ("assignable",),
    "conformance": ("Mismatch", "conforms"),
    "digests": ("digest",),
    "type_visitor": ("TypeVisitor", "children", "is_none", "is_simple", "nested", "takes_none", "variants"),
    "pretty": ("literal_text", "primitive_text", "scalar_text", "struct_text", "type_text"),
}
_MODULE_OF = {name: module for module, names in _LAZY.items() for name in names}
_SUBMODULES = ("limits", "list_decoding", "list_encoding", "path", "shadow", "wire")


def __getattr__(name: str) -> Any:
    if name in _SUBMODULES:
        return import_module(f"literals.{name}")
    module = _MODULE_OF.get(name)
    if module is None:
        raise AttributeError(f"module 'literals' has no attribute {name!r}")
    value = getattr(import_module(f"literals.{module}"), name)
    globals()[name] = value
    return value


__all__ = [
    "OUR_FOLDERS",
    "OUR_PACKAGES",
    "CallResult",
    "DrawloomError",
    "LimitError",
    "MalformedError",
    "Mismatch",
    "TypeVisitor",
    "WireError",
    "assignable",
    "attempt",
    "attempt_async",
    "canonical_bytes",
    "check_size",
    "children",
    "conforms",
    "digest",
    "entrance",
    "is_none",
    "is_ours",
    "is_simple",
    "limits",
    "list_decoding",
    "list_encoding",
    "literal_text",
    "map_order",
    "nested",
    "pack_map",
    "parse",
    "path",
    "pb",
    "preview",
    "primitive_text",
    "scalar_text",
    "shadow",
    "shown",
    "struct_text",
    "takes_none",
    "too_deep",
    "type_text",
    "unpack_map",
    "variants",
    "wire",
]
