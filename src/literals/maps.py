"""`LiteralMap` bytes without parsing messages: values are spliced in and out as the bytes that they are.

`pack_map` writes canonical bytes, its keys in `map_order`. `unpack_map` reads what any protobuf writer may have written: fields in any
order, unknown fields, a key or a value left out (the empty string, the empty literal), a key twice (the last counts),
a value in pieces (they merge, and joined bytes merge the same way).
"""

from __future__ import annotations

from collections.abc import Mapping

from literals.wire import LENGTH, WireError, fields, varint

_ENTRY = b"\x0a"
_KEY = b"\x0a"
_VALUE = b"\x12"


def map_order(key: str) -> bytes:
    """Sort key of canonical maps: the UTF-8 bytes, a longer key before its own prefix.

    It is what deterministic serialization does in protobuf's C backend, on which canonical bytes rest; no UTF-8 text
    holds the byte 0xff.
    """
    return key.encode() + b"\xff"


def pack_map(values: Mapping[str, bytes]) -> bytes:
    """The bytes of a `LiteralMap` whose values are the given bytes of `Literal`s."""
    parts: list[bytes] = []
    for name in sorted(values, key=map_order):
        key, value = name.encode(), values[name]
        body = _KEY + varint(len(key)) + key + _VALUE + varint(len(value)) + value
        parts += (_ENTRY, varint(len(body)), body)
    return b"".join(parts)


def unpack_map(data: bytes) -> dict[str, bytes]:
    """The literals of a `LiteralMap`, each as its bytes. Raises `WireError` for bytes that are no protobuf."""
    found: dict[str, bytes] = {}
    for number, wire_type, start, end in fields(data):
        if number == 1 and wire_type == LENGTH:
            key, value = _entry(data[start:end])
            found[key] = value
    return found


def _entry(data: bytes) -> tuple[str, bytes]:
    key, value = b"", b""
    for number, wire_type, start, end in fields(data):
        if wire_type == LENGTH:
            if number == 1:
                key = data[start:end]
            elif number == 2:  # noqa: PLR2004 - the value's field in every map entry
                value += data[start:end]
    try:
        return key.decode(), value
    except UnicodeDecodeError as error:
        raise WireError("a key of this map is not UTF-8", expected="UTF-8", got=repr(key[:60])) from error
