"""Single literals straight out of their bytes: what `Codec.decode` tries before it parses and walks.

Each function takes the exact bytes of one Literal and gives the value, or `MISS` where the bytes are not in the form that
drawloom and protobuf's own serializers write (another field, a hash, metadata, an overlong length). Then the walk decides: it
has the meaning, these are only faster.

Fast path of `typeengine.codec.plain_decode`, which parses a message for each value. Law: `tests/laws/test_fast_paths.py`.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from struct import Struct
from typing import Any, Final, cast, final

from literals import wire
from typeengine.wire.literal_bytes import FALSE_LITERAL, MSGPACK_SUFFIX, NONE_LITERAL, TRUE_LITERAL, varint

_DOUBLE = Struct("<d").unpack_from


class _Miss(enum.Enum):
    MISS = "miss"


MISS: Final = _Miss.MISS
"""Not of the expected form."""
_NEVER: Final = cast("bytes", ())
"""For `bytes.startswith`: what nothing starts with, not even bytes of another form."""
_MEMO: Final = 1 << 16
_LONGEST: Final = 32
_CONTINUE: Final = 0x80
_LONGEST_HEAD: Final = 6
"""The most bytes of a key and a length; readers of protobuf refuse longer ones."""
_LAST: Final = 0x7F
_WORD: Final = 1 << 64
_SIGN: Final = 1 << 63
_SECOND: Final = 10**9
"""Nanoseconds."""


@final
class Heads(dict[int, bytes]):
    """Length of a whole literal -> the bytes that it must start with. `frame` gives the head for a payload's length."""

    def __init__(self, frame: Callable[[int], bytes], tail: int = 0) -> None:
        super().__init__()
        self._frame = frame
        self._tail = tail

    def __missing__(self, length: int) -> bytes:
        found = _NEVER
        for size in range(2, _LONGEST):
            payload = length - size - self._tail
            if payload >= 0 and len(head := self._frame(payload)) == size:
                found = head
                break
        if length < _MEMO:
            self[length] = found
        return found


def _text_frame(length: int) -> bytes:
    head = b"\x1a" + varint(length)
    for _ in range(2):
        head = b"\x0a" + varint(length + len(head)) + head
    return head


def _struct_frame(length: int) -> bytes:
    head = b"\x0a" + varint(length)
    head = b"\x1a" + varint(length + len(head) + _TAIL) + head
    return b"\x0a" + varint(length + len(head) + _TAIL) + head


def _union_frame(length: int) -> bytes:
    head = b"\x4a" + varint(length)
    return b"\x0a" + varint(length + len(head)) + head


_TAIL: Final = len(MSGPACK_SUFFIX)
TEXT_HEADS: Final = Heads(_text_frame)
STRUCT_HEADS: Final = Heads(_struct_frame, _TAIL)
UNION_HEADS: Final = Heads(_union_frame)
_INT_HEADS: Final = [_NEVER] * 6 + [bytes((0x0A, n + 3, 0x0A, n + 1, 0x08)) for n in range(1, 11)]
"""By the length of the whole literal."""
_NEGATIVE_TAIL: Final = b"\xff\xff\xff\xff\xff\x01"
"""How the ten bytes of a negative int end whose lowest four bytes are not all that differs."""
_WIDE: Final = {size: Struct("<" + "H" * (size // 2) + "B" * (size % 2)).unpack_from for size in range(5, 11)}
_END: Final = 0x8000
PAIRS: Final[list[Any]] = []  # two bytes of a varint as one number -> their 14 bits, if both say that more follow
_calls = 0
_TABLE_AFTER: Final = 400
"""Wide ints read before the table is made: a short process never pays for it."""
_TIME_17, _TIME_18 = b"\x0a\x0f\x0a\x0d\x2a\x0b\x08", b"\x0a\x10\x0a\x0e\x2a\x0c\x08"
_STAMP_17, _STAMP_18 = Struct("<7xHHBBHH").unpack, Struct("<7xHHBBHHB").unpack
_TIME_HEADS: Final = [bytes((0x0A, size + 4, 0x0A, size + 2)) for size in range(23)]
_FLOAT_HEAD: Final = b"\x0a\x0b\x0a\x09\x11"
_FLOAT_SIZE: Final = 13


def whole_varint(data: bytes) -> int:
    """The unsigned varint of 64 bits that takes all of `data`, or -1. All bytes of a varint but its last are over 127."""
    size = len(data)
    if size == 1:
        value = data[0]
        return value if value < _CONTINUE else -1
    if size == 2:  # noqa: PLR2004 - up to five bytes a sum of bytes is the quickest; less the bits that say "more"
        a, b = data
        return a + (b << 7) - 0x80 if a > _LAST >= b else -1
    if size == 3:  # noqa: PLR2004
        a, b, c = data
        return a + (b << 7) + (c << 14) - 0x4080 if a > _LAST < b and c < _CONTINUE else -1
    if size == 4:  # noqa: PLR2004
        a, b, c, d = data
        return a + (b << 7) + (c << 14) + (d << 21) - 0x204080 if a > _LAST < b and c > _LAST >= d else -1
    return wide_varint(data, 0)


def wide_varint(data: bytes, start: int) -> int:  # noqa: PLR0911 - one line for each length
    """The unsigned varint of five bytes or more that takes all of `data` from `start` on, or -1: two bytes at a time."""
    unpack = _WIDE.get(len(data) - start)
    if unpack is None:
        return -1
    parts = unpack(data, start)
    pairs = PAIRS or _slow_pairs(parts)
    last = parts[-1]
    try:
        low = pairs[parts[0]] + (pairs[parts[1]] << 14)
        count = len(parts)
        if count == 3:  # noqa: PLR2004 - five bytes or six; the byte that ends a pair has no bit that says "more"
            if last < _CONTINUE and len(data) - start == 5:  # noqa: PLR2004
                return low + (last << 28)
            return low + (pairs[last ^ _END] << 28) if len(data) - start == 6 else -1  # noqa: PLR2004
        if count == 4:  # noqa: PLR2004 - seven or eight
            if len(data) - start == 8:  # noqa: PLR2004
                return low + (pairs[parts[2]] + (pairs[last ^ _END] << 14) << 28)
            return low + (pairs[parts[2]] + (last << 14) << 28) if last < _CONTINUE else -1
        low += pairs[parts[2]] + (pairs[parts[3]] << 14) << 28
    except TypeError:  # a pair that is not in the table
        return -1
    if last < _CONTINUE:
        return low + (last << 56) if len(data) - start == 9 else -1  # noqa: PLR2004
    if last & _CONTINUE and last < 0x200 and len(data) - start == 10:  # noqa: PLR2004 - 64 bits
        return low + ((last & 0x7F) + (last >> 8 << 7) << 56)
    return -1


def _slow_pairs(parts: tuple[int, ...]) -> Any:
    """The entries of `PAIRS` for these bytes; after some calls, the table itself is made."""
    global _calls  # noqa: PLW0603 - how often the table was missed; a lost count does no harm
    _calls += 1
    if _calls >= _TABLE_AFTER:
        PAIRS[:] = [None if pair & 0x8080 != 0x8080 else pair & 0x7F | pair >> 1 & 0x3F80 for pair in range(1 << 16)]  # noqa: PLR2004 - "more" in both
        return PAIRS
    found: dict[int, int | None] = {}
    for pair in (*parts, parts[-1] ^ _END):
        found[pair] = None if pair & 0x8080 != 0x8080 else pair & 0x7F | pair >> 1 & 0x3F80  # noqa: PLR2004 - "more" in both
    return found


def int_decoder(walk: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    """Decoding an int64: by its bytes, by `walk` where they are not of the expected form."""
    heads, tail, most = _INT_HEADS, _NEGATIVE_TAIL, len(_INT_HEADS)

    def decode(data: bytes) -> Any:
        size = len(data)
        if size >= most or not data.startswith(heads[size]):
            return walk(data)
        if size == 15 and data.endswith(tail):  # noqa: PLR2004 - ten bytes: a negative int, of at most 28 bits
            a, b, c, d = data[5:9]
            if a > _LAST < b and c > _LAST < d:
                return a + (b << 7) + (c << 14) + (d << 21) - 0x20204080
        if size == 6:  # noqa: PLR2004 - one byte
            value = data[5]
            return value if value < _CONTINUE else walk(data)
        value = wide_varint(data, 5) if size > 9 else whole_varint(data[5:])  # noqa: PLR2004 - five bytes or more
        if value < 0:
            return walk(data)
        return value if value < _SIGN else value - _WORD

    return decode


def float_decoder(walk: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    """Decoding a double."""

    def decode(data: bytes) -> Any:
        if len(data) == _FLOAT_SIZE and data.startswith(_FLOAT_HEAD):
            return _DOUBLE(data, 5)[0]
        return walk(data)

    return decode


def bool_decoder(walk: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    """Decoding a bool."""
    known = {TRUE_LITERAL: True, FALSE_LITERAL: False}.get

    def decode(data: bytes) -> Any:
        value = known(data)
        return walk(data) if value is None else value

    return decode


def none_decoder(walk: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    """Decoding None."""

    def decode(data: bytes) -> Any:
        return None if data == NONE_LITERAL else walk(data)

    return decode


def text_decoder(walk: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    """Decoding a string; bytes that are not UTF-8 are the walk's to refuse."""
    heads = TEXT_HEADS

    def decode(data: bytes) -> Any:
        head = heads[len(data)]
        if data.startswith(head):
            try:
                return data[len(head) :].decode()
            except UnicodeDecodeError:
                pass
        return walk(data)

    return decode


def union_parts(data: bytes) -> tuple[bytes, bytes] | None:
    """The literal in a union, and the field with its type, key and length included."""
    head = UNION_HEADS[len(data)]
    if not data.startswith(head):
        return None
    start = len(head)
    try:
        if data[start] != 0x0A:  # noqa: PLR2004 - the key of the field `value`
            return None
        size = data[start + 1]
        start += 2
        if size >= _CONTINUE:
            size, start = wire.read_varint(data, start - 1)
            if start > len(head) + _LONGEST_HEAD:
                return None
    except (IndexError, wire.WireError):
        return None
    end = start + size
    return data[start:end], data[end:]


def utc_seconds(data: bytes) -> float:
    """The seconds of a Timestamp literal of 1978 to 2106 as the nearest float, or -1 for other bytes.

    Exact to the microsecond after rounding: below 2**32 floats are half a microsecond apart at most.
    """
    size = len(data)
    try:
        if size == 18 and data.startswith(_TIME_18):  # noqa: PLR2004 - nanoseconds of five bytes
            a, b, last, key, d, e, f = _STAMP_18(data)
            nanos = PAIRS[d] + (PAIRS[e] << 14) + (f << 28)
        elif size == 17 and data.startswith(_TIME_17):  # noqa: PLR2004 - of four
            a, b, last, key, d, e = _STAMP_17(data)
            nanos = PAIRS[d] + (PAIRS[e ^ _END] << 14)
        else:
            return -1.0
        if key != 0x10 or last > 15 or nanos >= 10**9 or nanos % 1000:  # noqa: PLR2004 - the key of the field `nanos`; 32 bits
            return -1.0
        return ((PAIRS[a] + (PAIRS[b] << 14) + (last << 28)) * 1_000_000 + nanos // 1000) / 1_000_000
    except (TypeError, IndexError):  # a pair that is not in the table, or no table yet
        return -1.0


def seconds(data: bytes, tag: int) -> tuple[int, int] | None:
    """The seconds and nanoseconds of a Timestamp (`tag` 0x2a) or Duration (0x32) literal without metadata."""
    size = len(data) - 6
    if not 0 <= size < len(_TIME_HEADS) or data[4] != tag or not data.startswith(_TIME_HEADS[size]) or data[5] != size:
        return None
    return stamp(data[6:])


def stamp(data: bytes) -> tuple[int, int] | None:
    """The seconds and nanoseconds in the bytes of a Timestamp or Duration; None for what neither may hold."""
    whole = nanos = position = 0
    size = len(data)
    if size and data[0] == 0x08:  # noqa: PLR2004 - the key of the field `seconds`
        position = 1
        while position < size and data[position] >= _CONTINUE:
            position += 1
        position += 1
        whole = whole_varint(data[1:position])
        if whole < 0:
            return None
        if whole >= _SIGN:
            whole -= _WORD
    if position < size:
        if data[position] != 0x10:  # noqa: PLR2004 - the key of the field `nanos`
            return None
        nanos = whole_varint(data[position + 1 :])
        if nanos < 0:
            return None
        if nanos >= _SIGN:
            nanos -= _WORD
        if not -_SECOND < nanos < _SECOND:
            return None
    return whole, nanos


def decoder(read: Callable[[bytes], Any], walk: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    """Decoding by `read`, and by `walk` where that misses."""

    def decode(data: bytes) -> Any:
        value = read(data)
        return walk(data) if value is MISS else value

    return decode
