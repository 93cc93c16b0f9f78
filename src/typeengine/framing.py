"""Wire bytes of literals, written directly: headers and templates for each kind of scalar and container.

Field numbers are those of `weft/v1/literals.proto`. A function here takes finished payloads and frames them; which value
becomes which payload is the codecs' business.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from struct import Struct
from typing import Final

from literals import check_size, wire

varint = wire.varint
_DOUBLE = Struct("<d").pack
_SMALL: Final = 0x80
_GENERIC: Final = 7

NONE_LITERAL: Final = b"\x0a\x02\x2a\x00"
TRUE_LITERAL: Final = b"\x0a\x04\x0a\x02\x20\x01"
FALSE_LITERAL: Final = b"\x0a\x04\x0a\x02\x20\x00"
_FLOAT_HEAD: Final = b"\x0a\x0b\x0a\x09\x11"
_MSGPACK_TAG: Final = b"\x12\x07msgpack"


def size(length: int) -> bytes:
    """A length as a varint."""
    return varint(length)


def scalar_literal(payload: bytes) -> bytes:
    """A Literal of a Scalar's bytes."""
    return b"\x0a" + varint(len(payload)) + payload


def primitive_literal(payload: bytes) -> bytes:
    """A Literal of a Primitive's bytes."""
    n = len(payload)
    if n < 126:  # noqa: PLR2004 - both lengths then take one byte
        return bytes((0x0A, n + 2, 0x0A, n)) + payload
    inner = b"\x0a" + varint(n) + payload
    return b"\x0a" + varint(len(inner)) + inner


def int_literal(value: int) -> bytes:
    """A Literal of an int64."""
    return primitive_literal(b"\x08" + varint(value))


def float_literal(value: float) -> bytes:
    """A Literal of a float."""
    return _FLOAT_HEAD + _DOUBLE(value)


def text_literal(value: str) -> bytes:
    """A Literal of a string. Raises UnicodeEncodeError for a lone surrogate."""
    data = value.encode()
    n = len(data)
    if n < _SMALL - 6:
        return bytes((0x0A, n + 4, 0x0A, n + 2, 0x1A, n)) + data
    return primitive_literal(b"\x1a" + varint(n) + data)


def time_literal(field: int, whole: int, nanos: int) -> bytes:
    """A Literal of a Timestamp (primitive field 5) or Duration (6); zeros are left out, as protobuf does."""
    inner = b"\x08" + varint(whole) if whole else b""
    if nanos:
        inner += b"\x10" + varint(nanos)
    return primitive_literal(bytes((field << 3 | 2, len(inner))) + inner)


def binary_literal(value: bytes, tag: str) -> bytes:
    """A Literal of a Binary."""
    suffix = _MSGPACK_TAG if tag == "msgpack" else wire.delimited(2, tag.encode())
    body = (b"\x0a" + varint(len(value)) + value if value else b"") + suffix
    inner = b"\x1a" + varint(len(body)) + body
    return b"\x0a" + varint(len(inner)) + inner


def struct_literal(struct: bytes) -> bytes:
    """A Literal of a protobuf Struct's bytes (the form before msgpack)."""
    return scalar_literal(wire.delimited(_GENERIC, struct))


def union_literal(value: bytes, type_suffix: bytes) -> bytes:
    """A Literal of a Union: a literal's bytes, and the type's as the finished field 2."""
    n = len(value)
    body = b"\x0a" + varint(n) + value + type_suffix
    inner = b"\x4a" + varint(len(body)) + body
    return b"\x0a" + varint(len(inner)) + inner


def collection_literal(items: Iterable[bytes]) -> bytes:
    """A Literal of a LiteralCollection of literals' bytes."""
    body = b"".join([b"\x0a" + varint(len(item)) + item for item in items])
    check_size(len(body))
    return b"\x12" + varint(len(body)) + body


def map_literal(items: Mapping[str, bytes]) -> bytes:
    """A Literal of a LiteralMap, entries in the mapping's order."""
    parts: list[bytes] = []
    for key, item in items.items():
        name = key.encode()
        entry = b"\x0a" + varint(len(name)) + name + b"\x12" + varint(len(item)) + item
        parts += (b"\x0a", varint(len(entry)), entry)
    body = b"".join(parts)
    check_size(len(body))
    return b"\x1a" + varint(len(body)) + body


def with_hash(literal: bytes, digest: str) -> bytes:
    """The literal with `hash` set; what stood there is replaced, since the last occurrence of a field wins."""
    return literal + wire.delimited(4, digest.encode()) if digest else literal


def with_metadata(literal: bytes, key: str, value: str) -> bytes:
    """The literal with one more entry in `metadata`."""
    entry = wire.delimited(1, key.encode()) + wire.delimited(2, value.encode())
    return literal + wire.delimited(5, entry)
