"""Whole lists and maps out of wire bytes, a column at a time (see `shadow`).

Each function takes the bytes of a `Literal` and gives the values, or None where the bytes are not exactly of the assumed
form: another kind of element, a hash, metadata, a field out of order, an odd length. Then the caller takes the plain walk
over the parsed message, which has the meaning; these are only faster.

How None is found without looking at each element: a list of n elements of the assumed form has a size that follows from
the column alone. Any element of another form adds bytes to the list without adding the value that it would have to add to
the column, so the sizes differ. Floats and bools have cells of one size, and there every byte of every frame is compared.
"""

from __future__ import annotations

import sys
from array import array
from struct import Struct
from typing import Any

from literals.shadow import merged
from literals.tables import CellSizes
from literals.wire import WireError, read_varint

_COLLECTION, _MAP = 0x12, 0x1A
_FLOAT_FRAME = b"\x0a\x0d\x0a\x0b\x0a\x09\x11"
_DOUBLES = Struct("<7xd").iter_unpack
_SHORT = 16 * 15
_BOOL_FRAME = b"\x0a\x06\x0a\x04\x0a\x02\x20"
_TEXTS = CellSizes(4)
_STAMPS = CellSizes(4)
_RECORDS = CellSizes(4, extra=9)
_ONE = CellSizes(1)
_THREE = CellSizes(3)


def payload(data: bytes, tag: int) -> int | None:
    """Where the only field of a Literal starts, if it is the one with `tag` and takes all of the bytes."""
    if not data or data[0] != tag:
        return None
    try:
        length, start = read_varint(data, 1)
    except WireError:
        return None
    return start if start + length == len(data) else None


def _list(data: bytes) -> tuple[Any, int] | None:
    """The merged elements of a list, and the bytes that they took."""
    start = payload(data, _COLLECTION)
    found = None if start is None else merged("Lit", data)
    return None if start is None or found is None else (found.collection.literals.scalar, len(data) - start)


def ints(data: bytes) -> list[int] | None:
    """A list of ints. Frames are six bytes for each, whatever the int."""
    found = _list(data)
    if found is None:
        return None
    column = found[0].primitive
    values = column.integer[:]
    return values if found[1] == 6 * len(values) + column.ByteSize() else None


def floats(data: bytes) -> list[float] | None:
    """A list of floats."""
    body = _cells(data, _FLOAT_FRAME, 15)
    if body is None:
        return None
    if len(body) < _SHORT:
        return [value for (value,) in _DOUBLES(body)]
    raw = bytearray(len(body) // 15 * 8)
    for index in range(8):
        raw[index::8] = body[7 + index :: 15]
    numbers = array("d", bytes(raw))
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tolist()


def bools(data: bytes) -> list[bool] | None:
    """A list of bools."""
    body = _cells(data, _BOOL_FRAME, 8)
    if body is None:
        return None
    column = body[7::8]
    return list(map(bool, column)) if column.count(0) + column.count(1) == len(column) else None


def _cells(data: bytes, frame: bytes, size: int) -> bytes | None:
    """The body of a list whose cells all start with `frame` and have `size` bytes."""
    start = payload(data, _COLLECTION)
    if start is None or (len(data) - start) % size:
        return None
    body = data[start:]
    count = len(body) // size
    for index, byte in enumerate(frame):
        if body[index::size].count(byte) != count:
            return None
    return body


def texts(data: bytes) -> list[str] | None:
    """A list of texts."""
    found = _list(data)
    if found is None:
        return None
    column, size = found[0].primitive, found[1]
    values: list[str] = column.string_value[:]
    held = column.ByteSize()
    if size == 6 * len(values) + held:
        return values
    lengths = [len(v) if v.isascii() else len(v.encode()) for v in values]
    exact = sum(map(_TEXTS.__getitem__, lengths))
    return values if size == exact and held == _column_size(lengths) else None


def _column_size(lengths: list[int]) -> int:
    return sum(map(_ONE.__getitem__, lengths))


def stamps(data: bytes, *, durations: bool = False) -> list[bytes] | None:
    """A list of instants (or lengths of time), each as the bytes of its Timestamp (Duration)."""
    found = _list(data)
    if found is None:
        return None
    column = found[0].primitive
    values: list[bytes] = column.duration[:] if durations else column.datetime[:]
    size = sum(map(_STAMPS.__getitem__, map(len, values)))
    return values if size == found[1] else None


def records(data: bytes, tag: bytes = b"msgpack") -> list[bytes] | None:
    """A list of binaries with one tag: their bodies."""
    found = _list(data)
    if found is None:
        return None
    column = found[0].binary
    values: list[bytes] = column.value[:]
    tags = column.tag[:]
    if len(tags) != len(values) or tags.count(tag) != len(tags):
        return None
    sizes = _RECORDS if tag == b"msgpack" else CellSizes(4, extra=2 + len(tag))
    return values if sum(map(sizes.__getitem__, map(len, values))) == found[1] else None


def unions(data: bytes) -> tuple[list[bytes], list[bytes]] | None:
    """A list of unions: the bytes of each value's literal, and the bytes of each value's type."""
    found = _list(data)
    if found is None:
        return None
    column, size = found[0].union, found[1]
    values, types = column.value[:], column.type[:]
    if len(values) != len(types):
        return None
    pairs = zip(map(_ONE.__getitem__, map(len, values)), map(_ONE.__getitem__, map(len, types)), strict=True)
    return (values, types) if sum([_THREE[a + b] for a, b in pairs]) == size else None


def parts(data: bytes) -> list[bytes] | None:
    """A list of anything: the bytes of each element's literal."""
    start = payload(data, _COLLECTION)
    found = None if start is None else merged("Parts", data[start:])
    if start is None or found is None:
        return None
    values: list[bytes] = found.items[:]
    return values if sum(map(_ONE.__getitem__, map(len, values))) == len(data) - start else None


def keyed(data: bytes, kind: str) -> dict[str, Any] | None:
    """A map to primitives of one kind (`integer`, `float_value`, `string_value`, `boolean`) with short keys and values."""
    start = payload(data, _MAP)
    found = None if start is None else merged("Lit", data)
    if start is None or found is None:
        return None
    entries = found.map.literals
    names, column = entries.key[:], entries.value.scalar.primitive
    values = getattr(column, kind)[:]
    text = "".join(names)
    held = column.ByteSize() + (len(text) if text.isascii() else len(text.encode()))
    if len(names) != len(values) or len(data) - start != 10 * len(values) + held:
        return None
    pairs: dict[str, Any] = dict(zip(names, values, strict=True))
    return pairs if len(pairs) == len(names) else None
