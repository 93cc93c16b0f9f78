"""Whole lists and maps out of wire bytes, a column at a time (see `shadow`).

Each function takes the bytes of a `Literal` and gives the values, or None where the bytes are not exactly of the assumed
form: another kind of element, a hash, metadata, a field out of order, an odd length. Then the caller takes the plain walk
over the parsed message, which has the meaning; these are only faster.

How None is found without looking at each element: a list of n elements of the assumed form has a size that follows from
the column alone. Any element of another form adds bytes to the list without adding the value that it would have to add to
the column, so the sizes differ. Floats and bools have cells of one size, and there every byte of every frame is compared.

An element with two values, made up for by an element with none, has the same sizes. Such a list shows in two more ways, and
both are looked at: the element with none is an empty message, whose length is a zero byte, and the only zero bytes that
a list of the assumed form has are those in its values; or it holds something else, which is left over when the column is
taken out of what was read. So a list is read here exactly as the walk reads it.

Two columns (the keys and values of a map, the values and types of unions, the bodies and tags of structs) are paired in their order. Of bytes in which
one entry has two keys (or two values) and another one none, and whose sizes add up, the walk makes other pairs: it takes
the last of each. No serializer writes a field of one entry twice, so such bytes are made by hand; to look at each entry
would take half the time of reading, and gain nothing for whoever may write any value anyway. This is the one exception to
the law of docs/decisions/0001-a-literal-is-its-bytes.md.

Fast path of `typeengine.codec.plain_decode`, which makes a message object for each element. Law: `tests/laws/test_fast_paths.py`.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Callable
from operator import add
from struct import Struct
from typing import Any, cast

from literals.shadow import merged
from literals.wire import WireError, read_varint, varint
from literals.wire_tables import TEXT_FRAMES, CellSizes, int_cell

_COLLECTION, _MAP = 0x12, 0x1A
_FLOAT_FRAME = b"\x0a\x0d\x0a\x0b\x0a\x09\x11"
_DOUBLES = Struct("<7xd").iter_unpack
_SHORT = 16 * 15
_BOOL_FRAME = b"\x0a\x06\x0a\x04\x0a\x02\x20"
_NONE_CELL = b"\x0a\x04\x0a\x02\x2a\x00"
_TEXTS = CellSizes(4)
_STAMPS = CellSizes(4)
_RECORDS = CellSizes(4, extra=9)
_ONE = CellSizes(1)
_THREE = CellSizes(3)


_HEAD = 6
"""The most bytes of a key and a length; readers of protobuf refuse longer ones."""


def payload(data: bytes, tag: int) -> int | None:
    """Where the only field of a Literal starts, if it is the one with `tag` and takes all of the bytes."""
    if not data or data[0] != tag:
        return None
    try:
        length, start = read_varint(data, 1)
    except WireError:
        return None
    return start if start + length == len(data) and start <= _HEAD else None


def _list(data: bytes) -> tuple[Any, int] | None:
    """The message of merged elements of a list, and where the elements start."""
    start = payload(data, _COLLECTION)
    found = None if start is None else merged("Lit", data)
    return None if start is None or found is None else (found, start)


_PRIMITIVE_REST = 8
"""Bytes of an empty primitive (or union, or binary) in a scalar, in a literal, in a list."""
_KEYED_REST = 10
"""Bytes of an empty primitive in a scalar, in a literal, in an entry, in a map."""


def ints(data: bytes) -> list[int] | None:
    """A list of ints. Frames are six bytes for each, whatever the int; a zero's byte is zero, and no other."""
    found = _list(data)
    if found is None:
        return None
    root, start = found
    column = root.collection.literals.scalar.primitive
    values: list[int] = column.integer[:]
    if len(data) - start != 6 * len(values) + column.ByteSize():
        return None
    zeros = data.count(0, start)
    if zeros and zeros != values.count(0):
        return None
    column.ClearField("integer")
    return values if root.ByteSize() == _PRIMITIVE_REST else None


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


def nones(data: bytes) -> list[None] | None:
    """A list of None."""
    start = payload(data, _COLLECTION)
    if start is None:
        return None
    count, rest = divmod(len(data) - start, len(_NONE_CELL))
    return [None] * count if not rest and data[start:] == _NONE_CELL * count else None


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
    """A list of texts. Zero bytes are the lengths of empty texts, and zeros in texts."""
    found = _list(data)
    if found is None:
        return None
    root, start = found
    column = root.collection.literals.scalar.primitive
    values: list[str] = column.string_value[:]
    size = len(data) - start
    if size != 6 * len(values) + column.ByteSize() and size != sum(map(_TEXTS.__getitem__, _sizes(values))):
        return None
    zeros = data.count(0, start)
    if zeros and zeros != values.count("") + "".join(values).count("\0"):
        return None
    column.ClearField("string_value")
    return values if root.ByteSize() == _PRIMITIVE_REST else None


def _sizes(values: list[str]) -> list[int]:
    """The bytes of each text."""
    if "".join(values).isascii():
        return list(map(len, values))
    return [len(v) if v.isascii() else len(v.encode()) for v in values]


def _are_only(bodies: list[bytes], data: bytes, start: int) -> bool:
    """Whether the zero bytes of a list are those in its bodies, and the lengths of empty ones."""
    zeros = data.count(0, start)
    return not zeros or zeros == bodies.count(b"") + b"".join(bodies).count(0)


def stamps(data: bytes, *, durations: bool = False) -> list[bytes] | None:
    """A list of instants (or lengths of time), each as the bytes of its Timestamp (Duration)."""
    found = _list(data)
    if found is None:
        return None
    root, start = found
    column = root.collection.literals.scalar.primitive
    values: list[bytes] = column.duration[:] if durations else column.datetime[:]
    size = sum(map(_STAMPS.__getitem__, map(len, values)))
    if size != len(data) - start or not _are_only(values, data, start):
        return None
    column.ClearField("duration" if durations else "datetime")
    return values if root.ByteSize() == _PRIMITIVE_REST else None


def records(data: bytes, tag: bytes = b"msgpack") -> list[bytes] | None:
    """A list of binaries with one tag: their bodies."""
    found = _list(data)
    if found is None:
        return None
    root, start = found
    column = root.collection.literals.scalar.binary
    values: list[bytes] = column.value[:]
    tags = column.tag[:]
    if len(tags) != len(values) or tags.count(tag) != len(tags):
        return None
    sizes = _RECORDS if tag == b"msgpack" else CellSizes(4, extra=2 + len(tag))
    if sum(map(sizes.__getitem__, map(len, values))) != len(data) - start or not _are_only(values, data, start):
        return None
    column.ClearField("value")
    column.ClearField("tag")
    return values if root.ByteSize() == _PRIMITIVE_REST else None


def unions(data: bytes) -> tuple[list[bytes], list[bytes]] | None:
    """A list of unions: the bytes of each value's literal, and the bytes of each value's type."""
    found = _list(data)
    if found is None:
        return None
    root, start = found
    column, size = root.collection.literals.scalar.union, len(data) - start
    values, types = column.value[:], column.type[:]
    if len(values) != len(types):
        return None
    pairs = zip(map(_ONE.__getitem__, map(len, values)), map(_ONE.__getitem__, map(len, types)), strict=True)
    fits = sum([_THREE[a + b] for a, b in pairs]) == size
    if not fits or not _are_only([*values, *types], data, start):
        return None
    column.ClearField("value")
    column.ClearField("type")
    return (values, types) if root.ByteSize() == _PRIMITIVE_REST else None


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
    root = None if start is None else merged("Lit", data)
    if start is None or root is None:
        return None
    entries = root.map.literals
    names, column = entries.key[:], entries.value.scalar.primitive
    values = getattr(column, kind)[:]
    text = "".join(names)
    held = column.ByteSize() + (len(text) if text.isascii() else len(text.encode()))
    if len(names) != len(values) or len(data) - start != 10 * len(values) + held:
        return None
    column.ClearField(kind)
    entries.ClearField("key")
    if root.ByteSize() != _KEYED_REST:
        return None
    pairs: dict[str, Any] = dict(zip(names, values, strict=True))
    return pairs if len(pairs) == len(names) else None


def entries(data: bytes) -> tuple[list[str], list[bytes]] | None:
    """A map to anything: its keys, and the bytes of each value's literal."""
    start = payload(data, _MAP)
    found = None if start is None else merged("Entries", data[start:])
    if start is None or found is None:
        return None
    column = found.literals
    names: list[str] = column.key[:]
    values: list[bytes] = column.value[:]
    if len(names) != len(values) or len(set(names)) != len(names):
        return None
    one = _ONE.__getitem__
    sizes = map(add, map(one, _sizes(names)), map(one, map(len, values)))
    return (names, values) if sum(map(one, sizes)) == len(data) - start else None


def nested(parts: list[bytes], kind: str) -> list[list[Any]] | None:
    """Many lists of primitives of one kind (`integer`, `float_value`, `string_value`, `boolean`): one column for all of them.

    Elements of one size are counted by it. Others are told apart by a mark, a value that is put behind each list and that
    must be nowhere else.
    """
    heads, mark = _LIST_HEADS, _MARKS.get(kind, (None, b""))
    bodies: list[bytes] = []
    for part in parts:
        head = heads[len(part)]
        if not part.startswith(head):
            return None
        bodies += (part[len(head) :], mark[1])
    body = b"".join(bodies)
    values = _COLUMNS[kind](b"\x12" + varint(len(body)) + body)
    if values is None:
        return None
    out: list[list[Any]] = []
    position = 0
    if kind in _CELLS:
        for inner in bodies[::2]:
            end = position + len(inner) // _CELLS[kind]
            out.append(values[position:end])
            position = end
        return out
    if values.count(mark[0]) != len(parts):
        return None
    for _ in parts:
        end = values.index(mark[0], position)
        out.append(values[position:end])
        position = end + 1
    return out


class _ListHeads(dict[int, bytes]):
    """Length of a whole list -> the bytes that it starts with."""

    def __missing__(self, length: int) -> bytes:
        head = cast("bytes", ())  # for `startswith`: what nothing starts with
        for size in range(2, 8):
            if length >= size and len(made := b"\x12" + varint(length - size)) == size:
                head = made
                break
        if length < _MEMO:
            self[length] = head
        return head


_MEMO = 1 << 16
_LIST_HEADS = _ListHeads()
_INT_MARK, _TEXT_MARK = -0x5EED_5EED_5EED_5EED, "\x00\x1e\x00"
_MARKS: dict[str, tuple[Any, bytes]] = {
    "integer": (_INT_MARK, int_cell(_INT_MARK)),
    "string_value": (_TEXT_MARK, TEXT_FRAMES[len(_TEXT_MARK)] + _TEXT_MARK.encode()),
}
_CELLS = {"float_value": 15, "boolean": 8}
_COLUMNS: dict[str, Callable[[bytes], list[Any] | None]] = {
    "integer": ints,
    "float_value": floats,
    "string_value": texts,
    "boolean": bools,
}
