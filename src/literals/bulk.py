"""Whole lists and maps as wire bytes, a list at a time instead of an element at a time.

Each function takes values of exactly one class and gives the bytes of the `Literal`, or None where a value is of another
class or does not fit: then the caller goes element by element, which finds the culprit and says where it is. The bytes
are those of protobuf's own serialization of the same list.
"""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from struct import Struct
from typing import Any

from literals.limits import check_size
from literals.shadow import shadow
from literals.tables import HEADERS, HIGH, LOW, SMALL_CELLS, TEXT_HEADERS, int_cell, int_tables
from literals.wire import varint

_INT, _FLOAT, _BOOL, _STR = {int}, {float}, {bool}, {str}
_FLOAT_CELL = b"\x0a\x0d\x0a\x0b\x0a\x09\x11" + bytes(8)
_DOUBLE = Struct("<d").pack
_SHORT = 16
"""Lists shorter than this are joined from their cells; columns have a cost of their own."""
_BOOL_CELL = b"\x0a\x06\x0a\x04\x0a\x02\x20\x00"
_TABLES_FROM = 256
"""Lists shorter than this do not pay for the tables."""
_SAMPLE = 32
_LAST = len(SMALL_CELLS)
_TOKEN = re.compile(rb"\x08[\x80-\xff]*[\x00-\x7f]")
_INT_HEADERS = [bytes((0x0A, n + 4, 0x0A, n + 2, 0x0A, n)) for n in range(16)]


def collection(parts: Collection[bytes]) -> bytes:
    """The list of literals whose bytes are given."""
    return _framed(
        b"\x12", b"".join(chain.from_iterable(zip(map(HEADERS.__getitem__, map(len, parts)), parts, strict=True)))
    )


def _framed(tag: bytes, body: bytes) -> bytes:
    size = len(body)
    check_size(size)
    return tag + varint(size) + body


def ints(values: Sequence[Any]) -> bytes | None:
    """A list of ints of 64 bits."""
    if set(map(type, values)) != _INT:
        return None if values else b"\x12\x00"
    size = len(values)
    if size < _TABLES_FROM:
        small = SMALL_CELLS
        try:
            return _framed(b"\x12", b"".join([small[v] if 0 <= v < _LAST else int_cell(v) for v in values]))
        except OverflowError:
            return None
    sample = values[:: size // _SAMPLE | 1]
    if sum(0 <= v < 1 << 28 for v in sample) * 2 < len(sample):
        return _wide_ints(values)
    return _table_ints(values)


def _table_ints(values: Sequence[int]) -> bytes | None:
    cells, heads, low, high = int_tables()
    limit = HIGH
    try:
        parts = [
            cells[v]
            if LOW <= v < limit
            else heads[h] + low[v & 16383] + high[h]
            if 0 <= (h := v >> 14) < limit
            else int_cell(v)
            for v in values
        ]
    except OverflowError:
        return None
    return _framed(b"\x12", b"".join(parts))


def _wide_ints(values: Sequence[int]) -> bytes | None:
    """Protobuf makes the varints in C; they are told apart by their last byte and framed by their length."""
    column = shadow("Prim")()
    try:
        column.integer.extend(values)
    except (ValueError, OverflowError):
        return None
    tokens = _TOKEN.findall(column.SerializeToString())
    heads = map(_INT_HEADERS.__getitem__, map(len, tokens))
    return _framed(b"\x12", b"".join(chain.from_iterable(zip(heads, tokens, strict=True))))


def floats(values: Sequence[Any]) -> bytes | None:
    """A list of floats: equal cells, the numbers written over them column by column."""
    if set(map(type, values)) != _FLOAT:
        return None if values else b"\x12\x00"
    if len(values) < _SHORT:
        return _framed(b"\x12", b"".join([_FLOAT_CELL[:7] + _DOUBLE(v) for v in values]))
    numbers = array("d", values)
    if sys.byteorder == "big":
        numbers.byteswap()
    raw = numbers.tobytes()
    out = bytearray(_FLOAT_CELL) * len(values)
    for index in range(8):
        out[7 + index :: 15] = raw[index::8]
    return _framed(b"\x12", bytes(out))


def bools(values: Sequence[Any]) -> bytes | None:
    """A list of bools."""
    if set(map(type, values)) != _BOOL:
        return None if values else b"\x12\x00"
    out = bytearray(_BOOL_CELL) * len(values)
    out[7::8] = bytes(values)
    return _framed(b"\x12", bytes(out))


def texts(values: Sequence[Any]) -> bytes | None:
    """A list of texts. ASCII is built as latin-1 text, where one f-string makes a cell."""
    if set(map(type, values)) != _STR:
        return None if values else b"\x12\x00"
    heads = TEXT_HEADERS
    if "".join(values).isascii():
        return _framed(b"\x12", "".join([f"{heads[len(v)]}{v}" for v in values]).encode("latin-1"))
    try:
        parts = [v.encode() for v in values]
    except UnicodeEncodeError:
        return None
    return _framed(b"\x12", b"".join([heads[len(part)].encode("latin-1") + part for part in parts]))


def mapping(values: Mapping[str, bytes]) -> bytes:
    """The map of the literals whose bytes are given, in the mapping's order."""
    parts: list[bytes] = []
    heads = HEADERS
    for name, value in values.items():
        key = name.encode()
        entry = heads[len(key)] + key + b"\x12" + heads[len(value)][1:] + value
        parts += (heads[len(entry)], entry)
    return _framed(b"\x1a", b"".join(parts))
