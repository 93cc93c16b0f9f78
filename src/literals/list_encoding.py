"""Whole lists and maps as wire bytes, a list at a time instead of an element at a time.

Each function takes values of exactly one class and gives the bytes of the `Literal`, or None where a value is of another
class or does not fit: then the caller goes element by element, which finds the culprit and says where it is. The bytes
are those of protobuf's own serialization of the same list.

A *cell* is one element of a collection: field 1 of it, with its frame.

Fast path of `typeengine.codec.convert_all` with `Codec.encode`, a call for each element. Law: `tests/typeengine/builtin/test_whole_lists.py`.
"""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import chain, islice, repeat
from operator import add, itemgetter
from struct import Struct
from typing import Any

from literals.limits import check_size
from literals.shadow import shadow
from literals.wire import varint
from literals.wire_tables import (
    BINARY_HEADERS,
    BINARY_TAIL,
    ENTRY_HEADERS,
    HEADERS,
    HIGH,
    LOW,
    NEGATIVE_HEAD,
    NEGATIVE_TAIL,
    SMALL_CELLS,
    TEXT_FRAMES,
    TEXT_HEADERS,
    int_cell,
    int_tables,
)

_INT, _FLOAT, _BOOL, _STR = {int}, {float}, {bool}, {str}
_FLOAT_HEAD = b"\x0a\x0d\x0a\x0b\x0a\x09\x11"
_FLOAT_CELL = _FLOAT_HEAD + bytes(8)
_DOUBLE = Struct("<d").pack
_FALSE = b"\x0a\x06\x0a\x04\x0a\x02\x20\x00"
_TRUE = b"\x0a\x06\x0a\x04\x0a\x02\x20\x01"
_SHORT = 16
"""Lists shorter than this are joined from their cells; columns have a cost of their own."""
_TABLES_AFTER = 512
"""Ints that come before the tables are made: a short process never pays for them."""
_SAMPLE = 32
_LAST = len(SMALL_CELLS)
_TOKEN = re.compile(rb"\x08[\x80-\xff]*[\x00-\x7f]")
_INT_HEADERS = [bytes((0x0A, n + 4, 0x0A, n + 2, 0x0A, n)) for n in range(16)]
_BEHIND_TAG = itemgetter(slice(1, None))
_EMPTY_LIST, _EMPTY_MAP = b"\x12\x00", b"\x1a\x00"

_Cells = Callable[[Collection[Any]], "Iterable[bytes] | None"]


def _framed(tag: bytes, body: bytes) -> bytes:
    size = len(body)
    check_size(size)
    return tag + varint(size) + body


def collection(parts: Collection[bytes]) -> bytes:
    """The list of literals whose bytes are given."""
    heads = map(HEADERS.__getitem__, map(len, parts))
    return _framed(b"\x12", b"".join(chain.from_iterable(zip(heads, parts, strict=True))))


def ints(values: Sequence[Any]) -> bytes | None:
    """A list of ints of 64 bits."""
    if set(map(type, values)) != _INT:
        return None if values else _EMPTY_LIST
    return _chunked(values, _int_body)


def _int_body(values: Sequence[int]) -> bytes | None:
    cells = _int_cells(values)
    return None if cells is None else b"".join(cells)


def _chunked(values: Sequence[Any], body: Callable[[Sequence[Any]], bytes | None]) -> bytes | None:
    """A list, some thousands of elements at a time: the cells of a million at once would take ten times their bytes."""
    if len(values) <= _CHUNK:
        whole = body(values)
        return None if whole is None else _framed(b"\x12", whole)
    parts: list[bytes] = []
    for start in range(0, len(values), _CHUNK):
        part = body(values[start : start + _CHUNK])
        if part is None:
            return None
        parts.append(part)
    return _framed(b"\x12", b"".join(parts))


_CHUNK = 4096
_seen = 0


def _int_cells(values: Collection[int]) -> Iterable[bytes] | None:
    global _seen  # noqa: PLW0603 - how many ints came; a lost count does no harm
    if _seen >= _TABLES_AFTER:
        return _many_ints(values)
    _seen += len(values)
    small = SMALL_CELLS
    try:
        return [small[v] if 0 <= v < _LAST else int_cell(v) for v in values]
    except OverflowError:
        return None


def _many_ints(values: Collection[int]) -> Iterable[bytes] | None:
    size = len(values)
    if size > _SAMPLE:
        sample = [*islice(values, 0, None, size // _SAMPLE | 1)]
        if sum(-(1 << 28) <= v < 1 << 28 for v in sample) * 2 < len(sample):
            return _wide_ints(values)
    cells, heads, low, high = int_tables()
    limit, least, negative, tail = HIGH, -(1 << 28), NEGATIVE_HEAD, NEGATIVE_TAIL
    try:
        return [
            cells[v]
            if LOW <= v < limit
            else heads[h] + low[v & 16383] + high[h]
            if 0 <= (h := v >> 14) < limit
            else negative + low[v & 16383] + low[h & 16383] + tail
            if least <= v < 0
            else int_cell(v)
            for v in values
        ]
    except OverflowError:
        return None


def _wide_ints(values: Collection[int]) -> Iterable[bytes] | None:
    """Protobuf makes the varints in C; they are told apart by their last byte and framed by their length."""
    column = shadow("Prim")()
    try:
        column.integer.extend(values)
    except (ValueError, OverflowError):
        return None
    tokens = _TOKEN.findall(column.SerializeToString())
    return map(add, map(_INT_HEADERS.__getitem__, map(len, tokens)), tokens)


def floats(values: Sequence[Any]) -> bytes | None:
    """A list of floats: equal cells, the numbers written over them column by column."""
    if set(map(type, values)) != _FLOAT:
        return None if values else _EMPTY_LIST
    if len(values) < _SHORT:
        return _framed(b"\x12", b"".join(_float_cells(values)))
    numbers = array("d", values)
    if sys.byteorder == "big":
        numbers.byteswap()
    raw = numbers.tobytes()
    out = bytearray(_FLOAT_CELL) * len(values)
    for index in range(8):
        out[7 + index :: 15] = raw[index::8]
    return _framed(b"\x12", bytes(out))


def _float_cells(values: Collection[float]) -> list[bytes]:
    return [_FLOAT_HEAD + _DOUBLE(v) for v in values]


def bools(values: Sequence[Any]) -> bytes | None:
    """A list of bools."""
    if set(map(type, values)) != _BOOL:
        return None if values else _EMPTY_LIST
    out = bytearray(_FALSE) * len(values)
    out[7::8] = bytes(values)
    return _framed(b"\x12", bytes(out))


def _bool_cells(values: Collection[bool]) -> list[bytes]:
    return [_TRUE if v else _FALSE for v in values]


def texts(values: Sequence[Any]) -> bytes | None:
    """A list of texts. ASCII is built as latin-1 text, where one f-string makes a cell."""
    if set(map(type, values)) != _STR:
        return None if values else _EMPTY_LIST
    return _chunked(values, _text_body)


def _text_body(values: Sequence[str]) -> bytes | None:
    if "".join(values).isascii():
        heads = TEXT_HEADERS
        return "".join([f"{heads[len(v)]}{v}" for v in values]).encode("latin-1")
    cells = _text_cells(values)
    return None if cells is None else b"".join(cells)


def _text_cells(values: Collection[str]) -> Iterable[bytes] | None:
    try:
        parts = [*map(str.encode, values)]
    except UnicodeEncodeError:
        return None
    return map(add, map(TEXT_FRAMES.__getitem__, map(len, parts)), parts)


def binaries(bodies: Collection[bytes]) -> bytes:
    """A list of binaries of msgpack."""
    heads, tail = BINARY_HEADERS, BINARY_TAIL
    return _framed(b"\x12", b"".join([heads[len(body)] + body + tail for body in bodies]))


_KINDS: dict[str, tuple[set[type], _Cells]] = {
    "integer": (_INT, _int_cells),
    "float_value": (_FLOAT, _float_cells),
    "string_value": (_STR, _text_cells),
    "boolean": (_BOOL, _bool_cells),
}


def keyed(values: Mapping[Any, Any], kind: str) -> bytes | None:
    """A map from texts to primitives of one kind (`integer`, `float_value`, `string_value`, `boolean`), in its order."""
    if not values:
        return _EMPTY_MAP
    cls, make = _KINDS[kind]
    held = values.values()
    cells = make(held) if set(map(type, values)) == _STR and set(map(type, held)) == cls else None
    if cells is None:
        return None
    try:
        names = [*map(str.encode, values)]
    except UnicodeEncodeError:
        return None
    # an entry's value is its field 2 and a cell is a field 1, so only the first byte differs
    if len(names) < _SHORT:
        whole = ENTRY_HEADERS
        pairs = zip(names, cells, strict=True)
        return _framed(b"\x1a", b"".join([whole[len(n), len(cell)] + n + b"\x12" + cell[1:] for n, cell in pairs]))
    cells = cells if isinstance(cells, list) else [*cells]
    heads = map(ENTRY_HEADERS.__getitem__, zip(map(len, names), map(len, cells), strict=True))
    pieces = zip(heads, names, repeat(b"\x12"), map(_BEHIND_TAG, cells), strict=False)
    return _framed(b"\x1a", b"".join(chain.from_iterable(pieces)))


def nested(values: Collection[Any], kind: str) -> list[bytes] | None:
    """Many lists of primitives of one kind, each as its bytes; None where not all of them are lists of that kind."""
    if set(map(type, values)) != {list}:
        return None
    sizes = list(map(len, values))
    if sum(sizes) >= _LONG * len(sizes):
        found = list(map(_LISTS[kind], values))
        return None if None in found else [*filter(None, found)]
    cls, make = _KINDS[kind]
    flat = list(chain.from_iterable(values))
    cells = make(flat) if set(map(type, flat)) <= cls else None
    if cells is None:
        return None
    rest = iter(cells)
    return [_framed(b"\x12", b"".join(islice(rest, size))) for size in sizes]


_LONG = 64
"""The mean length of lists from which on each is written on its own."""
_LISTS: dict[str, Callable[[Sequence[Any]], bytes | None]] = {
    "integer": ints,
    "float_value": floats,
    "string_value": texts,
    "boolean": bools,
}


def mapping(values: Mapping[str, bytes]) -> bytes:
    """The map of the literals whose bytes are given, in the mapping's order."""
    heads, whole = HEADERS, ENTRY_HEADERS
    entries: list[bytes] = []
    for name, value in values.items():
        key = name.encode()
        inner = heads[len(value)]
        entries.append(whole[len(key), len(inner) + len(value)] + key + b"\x12" + inner[1:] + value)
    return _framed(b"\x1a", b"".join(entries))
