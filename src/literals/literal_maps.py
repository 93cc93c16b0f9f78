"""`LiteralMap` bytes without parsing messages: values are spliced in and out as the bytes that they are.

`pack_map` writes canonical bytes, its keys in `map_order`. `unpack_map` reads what any protobuf writer may have written: fields in any
order, unknown fields, a key or a value left out (the empty string, the empty literal), a key twice (the last counts),
a value in pieces (they merge, and joined bytes merge the same way).
"""

from __future__ import annotations

from collections.abc import Mapping

import literals._pb as pb
from literals.limits import parse
from literals.shadow import merged
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
    """The literals of a `LiteralMap`, each as its bytes. Raises `WireError` for bytes that are not protobuf."""
    if len(data) >= _LONG:
        split = _columns(data)
        if split is not None:
            return split
    found: dict[str, bytes] = {}
    for number, wire_type, start, end in fields(data):
        if number == 1 and wire_type == LENGTH:
            key, value = _entry(data[start:end])
            found[key] = value
    return found


def map_entries(message: pb.LiteralMap) -> dict[str, pb.Literal]:
    """The literals of a parsed `LiteralMap` by key, keys in order of their text (upb's own order differs from process to process).

    An entry with a field that upb does not know is not an entry for it: it is found among the message's unknown fields, so that
    a map read by walking has the entries that `unpack_map` gives.
    """
    from google.protobuf.unknown_fields import UnknownFieldSet  # noqa: PLC0415 - importing this module must not load protobuf

    entries = message.literals
    found = {key: entries[key] for key in entries}
    for field in UnknownFieldSet(message):
        if field.field_number == 1 and field.wire_type == LENGTH:
            key, value = _entry(field.data)
            found[key] = parse(pb.Literal, value)
    return {key: found[key] for key in sorted(found)}


_LONG = 256
"""Bytes from which on a map is split in C; for less, protobuf need not be loaded."""


def _columns(data: bytes) -> dict[str, bytes] | None:
    """The entries of a map whose entries each have a key and a value and nothing else; see `list_decoding` for how that shows.

    Fast path of `literals.literal_maps.unpack_map`'s loop, which cuts each entry in Python. Law: `tests/literals/test_whole_maps.py`.
    """
    merged_entries = merged("Entries", data)
    if merged_entries is None:
        return None
    column = merged_entries.literals
    names: list[str] = column.key[:]
    values: list[bytes] = column.value[:]
    found = dict(zip(names, values, strict=False))
    if len(names) != len(values) or len(found) != len(names):
        return None
    size = 0
    for name, value in found.items():
        size += _framed(_framed(len(name) if name.isascii() else len(name.encode())) + _framed(len(value)))
    return found if size == len(data) else None


def _framed(size: int) -> int:
    """The bytes of a field whose value has this many bytes."""
    return size + 2 if size < _ONE_BYTE else size + 1 + len(varint(size))


_ONE_BYTE = 0x80


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
        raise WireError(
            "a key of this map is not UTF-8", expected="UTF-8", got=repr(key[:60]), fix="write keys as text"
        ) from error
