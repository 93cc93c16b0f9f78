"""Finished pieces of wire bytes, made once: cells of small ints, headers by length.

A *cell* is one element of a collection with its frame; a *header* is the frame alone, by the length of what follows.
Tables of thousands of entries are made when a long list first needs them; headers are memos that fill as they are used.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from literals.wire import pieces, varint

LOW = -1024
"""The smallest int that has a cell in the table (found by Python's negative index)."""
HIGH = 1 << 14
"""The first int beyond the table; also the size of a piece of 14 bits."""
_CONTINUE = 0x80


class Headers(dict[int, bytes]):
    """Length of a literal -> the frame of an element of a collection with that literal."""

    def __missing__(self, length: int) -> bytes:
        found = self[length] = b"\x0a" + varint(length)
        return found


class TextHeaders(dict[int, str]):
    """Length of a text in bytes -> the frame of an element that is that text, as latin-1 text."""

    def __missing__(self, length: int) -> str:
        inner = b"\x1a" + varint(length)
        for _ in range(3):
            inner = b"\x0a" + varint(length + len(inner)) + inner
        found = self[length] = inner.decode("latin-1")
        return found


class TextFrames(dict[int, bytes]):
    """Length of a text in bytes -> the frame of an element that is that text."""

    def __missing__(self, length: int) -> bytes:
        found = self[length] = TEXT_HEADERS[length].encode("latin-1")
        return found


BINARY_TAIL = b"\x12\x07msgpack"
"""The tag of a Binary of msgpack."""


class BinaryHeaders(dict[int, bytes]):
    """Length of a msgpack body -> the frame of an element that is a Binary of it, its tag behind it."""

    def __missing__(self, length: int) -> bytes:
        head = b"\x0a" + varint(length)
        for tag in (b"\x1a", b"\x0a", b"\x0a"):
            head = tag + varint(length + len(head) + len(BINARY_TAIL)) + head
        self[length] = head
        return head


class EntryHeaders(dict[tuple[int, int], bytes]):
    """Lengths of a map entry's key, and of an element that is its value -> the frames of the entry and of its key."""

    def __missing__(self, lengths: tuple[int, int]) -> bytes:
        key, cell = lengths
        head = HEADERS[key]
        made = HEADERS[len(head) + key + cell] + head
        if key < _KEPT and cell < _KEPT:
            self[lengths] = made
        return made


class CellSizes(dict[int, int]):
    """Length of a payload -> bytes of its element, framed `levels` times around a prefix of `extra` bytes."""

    def __init__(self, levels: int, extra: int = 0) -> None:
        super().__init__()
        self.levels = levels
        self.extra = extra

    def __missing__(self, length: int) -> int:
        size = length
        for level in range(self.levels):
            size += 1 + len(varint(size))
            if not level:
                size += self.extra
        self[length] = size
        return size


_KEPT = 256
"""Lengths from which on the frames of an entry are not kept: there are too many pairs of them."""
HEADERS = Headers()
ENTRY_HEADERS = EntryHeaders()
TEXT_HEADERS = TextHeaders()
TEXT_FRAMES = TextFrames()
BINARY_HEADERS = BinaryHeaders()


_FRAMES = [bytes((0x0A, n + 5, 0x0A, n + 3, 0x0A, n + 1, 0x08)) for n in range(11)]
NEGATIVE_HEAD, NEGATIVE_TAIL = _FRAMES[10], b"\xff\xff\xff\xff\xff\x01"
"""What is around the lowest 28 bits of a negative int of no more, in its cell."""
_MIN, _MAX = -(1 << 63), (1 << 63) - 1


def int_cell(value: int) -> bytes:
    """One element of a list of ints. Raises `OverflowError` beyond 64 bits."""
    if _MIN <= value <= _MAX:
        data = varint(value)
        return _FRAMES[len(data)] + data
    raise OverflowError(value)


SMALL_CELLS = [int_cell(value) for value in range(128)]
"""The cells of the commonest ints, for lists that are too short for the tables."""


class IntTables(NamedTuple):
    """Cells of ints, whole or in pieces.

    `cells[v]` for LOW <= v < HIGH; `heads[h] + low[v & 16383] + high[h]` for v of 28 bits with h = v >> 14.
    """

    cells: list[bytes]
    heads: list[bytes]
    low: list[bytes]
    high: list[bytes]


@cache
def int_tables() -> IntTables:
    """The tables for long lists of ints: a few milliseconds, 3 MB, once a process."""
    cells = [int_cell(v) for v in range(HIGH)] + [int_cell(v) for v in range(LOW, 0)]
    heads = _FRAMES[3:5]
    low, high = pieces()
    return IntTables(cells, [heads[0]] * _CONTINUE + [heads[1]] * (HIGH - _CONTINUE), low, high)
