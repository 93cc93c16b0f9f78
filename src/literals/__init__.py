"""Layer 0: the messages of `weft.v1`, and pure functions over literals and literal types. Knows no Python type."""

from literals import _pb as pb
from literals import bulk, columns, limits, path, wire
from literals.assignable import assignable
from literals.canonical import canonical_bytes, digest
from literals.conforms import Mismatch, conforms
from literals.errors import WeftError, preview
from literals.foreign import Outcome, attempt, attempt_async
from literals.limits import LimitError, MalformedError, check_size, parse, too_deep
from literals.maps import map_order, pack_map, unpack_map
from literals.pretty import literal_text, primitive_text, scalar_text, struct_text, type_text
from literals.wire import WireError

__all__ = [
    "LimitError",
    "MalformedError",
    "Mismatch",
    "Outcome",
    "WeftError",
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
    "struct_text",
    "too_deep",
    "type_text",
    "unpack_map",
    "wire",
]
