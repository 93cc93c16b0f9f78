"""Layer 0: the messages of `drawloom.v1`, and pure functions over literals and literal types. Knows no Python type.

What every import of a task module needs is here at once; the rest is loaded when it is first asked for.
"""

from typing import TYPE_CHECKING

from literals import _pb as pb
from literals.canonical import canonical_bytes
from literals.drawloom_code import OUR_FOLDERS, OUR_PACKAGES, is_ours
from literals.entrance import entrance
from literals.errors import DrawloomError, FlyteRecoverableException, error_text, foreign_text, preview
from literals.foreign import CallResult, attempt, attempt_all, attempt_async, guarded
from literals.limits import LimitError, MalformedError, check_size, parse, too_deep
from literals.literal_maps import map_entries, map_order, pack_map, unpack_map
from literals.narrowing import (
    assert_never,
    class_of,
    is_dict,
    is_iterable,
    is_iterator,
    is_list,
    is_mapping,
    is_path,
    is_sequence,
    is_tuple,
    named_tuple_fields,
)
from literals.tracebacks import shown
from literals.wire import WireError

if TYPE_CHECKING:
    from literals import limits, list_decoding, list_encoding, path, shadow, short_maps, wire
    from literals.assignability import assignable, described_fields
    from literals.conformance import Mismatch, conforms
    from literals.digests import digest
    from literals.pretty import literal_text, primitive_text, scalar_text, struct_text, type_text
    from literals.type_visitor import TypeVisitor, children, is_none, is_simple, nested, takes_none, variants

# After the names above, which are in use while drawloom itself is imported for a process that gave it a peer's name.
from drawloom.exports.lazy_exports import lazy_rooms

__getattr__, __dir__ = lazy_rooms(
    __name__,
    {
        "assignability": "assignable described_fields",
        "conformance": "conforms Mismatch",
        "digests": "digest",
        "type_visitor": "children is_none is_simple nested takes_none TypeVisitor variants",
        "pretty": "literal_text primitive_text scalar_text struct_text type_text",
        "limits": "limits=*",
        "list_decoding": "list_decoding=*",
        "list_encoding": "list_encoding=*",
        "path": "path=*",
        "shadow": "shadow=*",
        "short_maps": "short_maps=*",
        "wire": "wire=*",
    },
)

__all__ = [
    "OUR_FOLDERS",
    "OUR_PACKAGES",
    "CallResult",
    "DrawloomError",
    "FlyteRecoverableException",
    "LimitError",
    "MalformedError",
    "Mismatch",
    "TypeVisitor",
    "WireError",
    "assert_never",
    "assignable",
    "attempt",
    "attempt_all",
    "attempt_async",
    "canonical_bytes",
    "check_size",
    "children",
    "class_of",
    "conforms",
    "described_fields",
    "digest",
    "entrance",
    "error_text",
    "foreign_text",
    "guarded",
    "is_dict",
    "is_iterable",
    "is_iterator",
    "is_list",
    "is_mapping",
    "is_none",
    "is_ours",
    "is_path",
    "is_sequence",
    "is_simple",
    "is_tuple",
    "limits",
    "list_decoding",
    "list_encoding",
    "literal_text",
    "map_entries",
    "map_order",
    "named_tuple_fields",
    "nested",
    "pack_map",
    "parse",
    "path",
    "pb",
    "preview",
    "primitive_text",
    "scalar_text",
    "shadow",
    "short_maps",
    "shown",
    "struct_text",
    "takes_none",
    "too_deep",
    "type_text",
    "unpack_map",
    "variants",
    "wire",
]
