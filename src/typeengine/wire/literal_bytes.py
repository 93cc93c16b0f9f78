"""Wire bytes of literals, written directly: templates for each kind of scalar and container.

Field numbers are those of `drawloom/v1/literals.proto`. A function here takes finished payloads and frames them; which value
becomes which payload is the codecs' business. Lists and maps as a whole are framed by `literals.list_encoding`.
"""

from __future__ import annotations

from struct import Struct
from typing import Final, final

from literals import wire

_DOUBLE = Struct("<5sd").pack
_GENERIC: Final = 7

NONE_LITERAL: Final = b"\x0a\x02\x2a\x00"
TRUE_LITERAL: Final = b"\x0a\x04\x0a\x02\x20\x01"
FALSE_LITERAL: Final = b"\x0a\x04\x0a\x02\x20\x00"
_FLOAT_HEAD: Final = b"\x0a\x0b\x0a\x09\x11"
MSGPACK_SUFFIX: Final = b"\x12\x07msgpack"
_SUFFIX_SIZE: Final = len(MSGPACK_SUFFIX)


varint = wire.varint
_INT_HEADS: Final = [bytes((0x0A, n + 3, 0x0A, n + 1, 0x08)) for n in range(11)]


def int_literal(value: int) -> bytes:
    """A Literal of an int64."""
    data = varint(value)
    return _INT_HEADS[len(data)] + data


SMALL_INTS: Final = [int_literal(value) for value in range(256)]


def float_literal(value: float) -> bytes:
    """A Literal of a float."""
    return _DOUBLE(_FLOAT_HEAD, value)


@final
class Frames(dict[int, bytes]):
    """Length of a payload -> the frames before it: `keys` from the outermost, around a payload that `tail` more bytes follow."""

    def __init__(self, keys: bytes, tail: int = 0) -> None:
        super().__init__()
        self._keys = keys[::-1]
        self._tail = tail

    def __missing__(self, length: int) -> bytes:
        head = b""
        for index, key in enumerate(self._keys):
            inside = len(head) + length + (self._tail if index else 0)
            head = bytes((key,)) + varint(inside) + head
        if length < _MEMO:
            self[length] = head
        return head


_MEMO: Final = 1 << 16
"""Lengths whose frames are kept."""
TEXT_FRAMES: Final = Frames(b"\x0a\x0a\x1a")
_TIME_FRAMES: Final = {5: Frames(b"\x0a\x0a\x2a"), 6: Frames(b"\x0a\x0a\x32")}
_STRUCT_FRAMES: Final = Frames(b"\x0a\x1a\x0a", _SUFFIX_SIZE)


def text_literal(value: str) -> bytes:
    """A Literal of a string. Raises UnicodeEncodeError for a lone surrogate."""
    data = value.encode()
    return TEXT_FRAMES[len(data)] + data


def time_literal(field: int, whole: int, nanos: int) -> bytes:
    """A Literal of a Timestamp (primitive field 5) or Duration (6); zeros are left out, as protobuf does."""
    inner = b"\x08" + varint(whole) if whole else b""
    if nanos:
        inner += b"\x10" + varint(nanos)
    return _TIME_FRAMES[field][len(inner)] + inner


def struct_bytes(value: bytes) -> bytes:
    """A Literal of a Binary of msgpack."""
    return _STRUCT_FRAMES[len(value)] + value + MSGPACK_SUFFIX


def binary_literal(value: bytes, tag: str) -> bytes:
    """A Literal of a Binary."""
    body = (wire.delimited(1, value) if value else b"") + wire.delimited(2, tag.encode())
    return wire.delimited(1, wire.delimited(3, body))


def struct_literal(struct: bytes) -> bytes:
    """A Literal of a protobuf Struct's bytes (the form before msgpack)."""
    return wire.delimited(1, wire.delimited(_GENERIC, struct))


def union_literal(value: bytes, type_suffix: bytes) -> bytes:
    """A Literal of a Union: a literal's bytes, and the type's as the finished field 2."""
    n = len(value)
    size = varint(n)
    body = n + 1 + len(size) + len(type_suffix)
    inner = varint(body)
    return b"".join((b"\x0a", varint(body + 1 + len(inner)), b"\x4a", inner, b"\x0a", size, value, type_suffix))


def with_hash(literal: bytes, digest: str) -> bytes:
    """The literal with `hash` set; what stood there is replaced, since the last occurrence of a field wins."""
    return literal + wire.delimited(4, digest.encode()) if digest else literal


def with_metadata(literal: bytes, key: str, value: str) -> bytes:
    """The literal with one more entry in `metadata`."""
    return literal + metadata_entry(key, value)


def metadata_entry(key: str, value: str) -> bytes:
    """The field of a Literal that adds an entry to its `metadata`."""
    return wire.delimited(5, wire.delimited(1, key.encode()) + wire.delimited(2, value.encode()))
