"""Single literals straight out of their bytes: what `Codec.decode` tries before it parses and walks.

Each function takes the exact bytes of one Literal and gives the value, or `MISS` where the bytes are not in the form that
weft and protobuf's own serializers write (another field, a hash, metadata, an overlong length). Then the walk decides: it
has the meaning, these are only faster.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from struct import Struct
from typing import Any, Final, final

from literals import wire
from typeengine.framing import FALSE_LITERAL, MSGPACK_SUFFIX, NONE_LITERAL, TRUE_LITERAL, varint

_DOUBLE = Struct("<d").unpack_from


class _Miss(enum.Enum):
    MISS = "miss"


MISS: Final = _Miss.MISS
"""Not of the expected form."""
_NEVER: Final = b"\xff"
"""What no Literal starts with."""
_MEMO: Final = 1 << 16
_LONGEST: Final = 32
_CONTINUE: Final = 0x80
_WORD: Final = 1 << 64
_SIGN: Final = 1 << 63


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
_INT_HEADS: Final = [b""] + [bytes((0x0A, n + 3, 0x0A, n + 1, 0x08)) for n in range(1, 11)]
_CONTINUED: Final = [int.from_bytes(b"\x80" * (n - 1), "little") for n in range(1, 9)]
_FLAGS: Final = int.from_bytes(b"\x80" * 8, "little")
_BOOLS: Final = {TRUE_LITERAL: True, FALSE_LITERAL: False}
_TIME_HEADS: Final = [bytes((0x0A, size + 4, 0x0A, size + 2)) for size in range(23)]
_FLOAT_HEAD: Final = b"\x0a\x0b\x0a\x09\x11"
_FLOAT_SIZE: Final = 13


def _bits(data: bytes, size: int) -> int:
    """The varint that takes all `size` (at most eight) bytes; -1 if they are no single varint.

    Seven bits of each byte, closed up in three steps over all of them at once.
    """
    x = int.from_bytes(data, "little")
    if x & _FLAGS != _CONTINUED[size - 1]:
        return -1
    x &= 0x7F7F7F7F7F7F7F7F
    x = x & 0x007F007F007F007F | (x & 0x7F007F007F007F00) >> 1
    x = x & 0x00003FFF00003FFF | (x & 0x3FFF00003FFF0000) >> 2
    return x & 0x0FFFFFFF | (x & 0x0FFFFFFF00000000) >> 4


def whole_varint(data: bytes) -> int:
    """The unsigned varint of 64 bits that takes all of `data`, or -1."""
    size = len(data)
    if 0 < size <= 8:  # noqa: PLR2004 - the bytes of a word
        return _bits(data, size)
    if size not in (9, 10) or data[-1] >= _CONTINUE:
        return -1
    low = _bits(data[:7] + bytes((data[7] & 0x7F,)), 8)
    if low < 0 or data[7] < _CONTINUE or (size == 10 and (data[8] < _CONTINUE or data[9] > 1)):  # noqa: PLR2004 - a varint's most
        return -1
    high = data[8] & 0x7F | (data[9] << 7 if size == 10 else 0)  # noqa: PLR2004 - a varint's most
    return (low | high << 56) & _WORD - 1


def read_int(data: bytes) -> Any:  # noqa: PLR0911 - one line for each length
    """An int64."""
    size = len(data) - 5
    if not 0 < size <= 10 or not data.startswith(_INT_HEADS[size]):  # noqa: PLR2004 - a varint's most
        return MISS
    if size == 1:
        value = data[5]
        return value if value < _CONTINUE else MISS
    if size <= 8:  # noqa: PLR2004 - the bytes of a word; what follows is `_bits`, in place
        x = int.from_bytes(data[5:], "little")
        if x & _FLAGS != _CONTINUED[size - 1]:
            return MISS
        x &= 0x7F7F7F7F7F7F7F7F
        x = x & 0x007F007F007F007F | (x & 0x7F007F007F007F00) >> 1
        if size <= 2:  # noqa: PLR2004 - the next steps move nothing
            return x
        x = x & 0x00003FFF00003FFF | (x & 0x3FFF00003FFF0000) >> 2
        return x & 0x0FFFFFFF | (x & 0x0FFFFFFF00000000) >> 4
    if size == 10 and data[14] == 1:  # noqa: PLR2004 - a negative int; seven bytes of it, two more, and the sign
        x = int.from_bytes(data[5:13], "little")
        if x & _FLAGS == _FLAGS and data[13] >= _CONTINUE:
            x &= 0x7F7F7F7F7F7F7F7F
            x = x & 0x007F007F007F007F | (x & 0x7F007F007F007F00) >> 1
            x = x & 0x00003FFF00003FFF | (x & 0x3FFF00003FFF0000) >> 2
            x = x & 0x0FFFFFFF | (x & 0x0FFFFFFF00000000) >> 4
            return (x | (data[13] & 0x7F) << 56) - _SIGN
    value = whole_varint(data[5:])
    if value < 0:
        return MISS
    return value if value < _SIGN else value - _WORD


def read_float(data: bytes) -> Any:
    """A double."""
    if len(data) == _FLOAT_SIZE and data.startswith(_FLOAT_HEAD):
        return _DOUBLE(data, 5)[0]
    return MISS


def read_bool(data: bytes) -> Any:
    """A bool."""
    return _BOOLS.get(data, MISS)


def read_none(data: bytes) -> Any:
    """None."""
    return None if data == NONE_LITERAL else MISS


def read_text(data: bytes) -> Any:
    """A string; bytes that are no UTF-8 are the walk's to refuse."""
    head = TEXT_HEADS[len(data)]
    if not data.startswith(head):
        return MISS
    try:
        return data[len(head) :].decode()
    except UnicodeDecodeError:
        return MISS


def struct_body(data: bytes) -> bytes | None:
    """The msgpack body of a struct."""
    head = STRUCT_HEADS[len(data)]
    if data.startswith(head) and data.endswith(MSGPACK_SUFFIX):
        return data[len(head) : -_TAIL]
    return None


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
    except (IndexError, wire.WireError):
        return None
    end = start + size
    return data[start:end], data[end:]


def seconds(data: bytes, tag: int) -> tuple[int, int] | None:
    """The seconds and nanoseconds of a Timestamp (`tag` 0x2a) or Duration (0x32) literal without metadata."""
    size = len(data) - 6
    if not 0 <= size < len(_TIME_HEADS) or data[4] != tag or not data.startswith(_TIME_HEADS[size]) or data[5] != size:
        return None
    return stamp(data[6:])


def stamp(data: bytes) -> tuple[int, int] | None:
    """The seconds and nanoseconds in the bytes of a Timestamp or Duration."""
    whole = nanos = position = 0
    size = len(data)
    if size >= 6 and data[0] == 0x08 and data[5] < _CONTINUE:  # noqa: PLR2004 - seconds of five bytes: 1971 to 2106 and on
        whole = _bits(data[1:6], 5)
        if whole >= 0:
            if size == 6:  # noqa: PLR2004 - no nanoseconds
                return whole, 0
            nanos = whole_varint(data[7:]) if data[6] == 0x10 else -1  # noqa: PLR2004 - the key of the field `nanos`
            return (whole, nanos) if 0 <= nanos < _SIGN else None
        whole = 0
    if size and data[0] == 0x08:  # noqa: PLR2004 - the key of the field `seconds`
        position = 1
        while position < size and data[position] >= _CONTINUE:
            position += 1
        position += 1
        whole = whole_varint(data[1:position])
        if whole < 0:
            return None
    if position < size:
        if data[position] != 0x10:  # noqa: PLR2004 - the key of the field `nanos`
            return None
        nanos = whole_varint(data[position + 1 :])
        if nanos < 0:
            return None
    return (whole if whole < _SIGN else whole - _WORD), (nanos if nanos < _SIGN else nanos - _WORD)


def decoder(read: Callable[[bytes], Any], walk: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    """Decoding by `read`, and by `walk` where that misses."""

    def decode(data: bytes) -> Any:
        value = read(data)
        return walk(data) if value is MISS else value

    return decode
