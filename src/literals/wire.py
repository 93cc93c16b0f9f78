"""Protobuf's wire format, as far as splicing bytes needs it: varints, tags, length-delimited fields, a field splitter.

Knows no message. Bytes in, bytes out; malformed bytes raise `WireError` with the offset. Source of the rules: the
protobuf encoding specification (varints of at most ten bytes, wire types 0, 1, 2 and 5; groups are never written by
proto3 and are refused).
"""

from __future__ import annotations

from collections.abc import Iterator

from literals.errors import DrawloomError

VARINT = 0
FIXED64 = 1
LENGTH = 2
FIXED32 = 5

_LAST = 0x80
_MASK = 0x7F
_VARINT_BYTES = 10
_WORD_BYTES = 5
"""Bytes that a key or a length may have: protobuf's readers take numbers of 32 bits there."""
_MAX_FIELD = (1 << 29) - 1
_WORD = (1 << 64) - 1


class WireError(DrawloomError, ValueError):
    """Bytes that are not protobuf: a truncated field, an overlong varint, a group."""


_high = [bytes((n,)) for n in range(_LAST)]  # varints of small numbers: those of 7 bits, of 14 bits after a while
_low: list[bytes] = []  # every 14 bits as two bytes with more to follow
_calls = 0
_TABLES_AFTER = 400
"""Wide numbers written before the tables are made: a short process never pays their milliseconds."""
_PIECE = 1 << 14
_TWO_PIECES = 1 << 28
_THREE_PIECES = 1 << 42
_NEGATIVE = b"\xff\xff\xff\xff\xff\x01"
"""How a varint ends whose bits above the lowest 28 are all set."""


def pieces() -> tuple[list[bytes], list[bytes]]:
    """Two tables by 14 bits, made on the first call: as two bytes with more to follow, and as a whole varint."""
    if not _low:
        whole = [varint(n) for n in range(_LAST, _PIECE)]
        low = [bytes((n & _MASK | _LAST, n >> 7 | _LAST)) for n in range(_PIECE)]
        _high[_LAST:] = whole  # assignments, so that two threads that come at once do no harm
        _low[:] = low
    return _low, _high


def varint(value: int) -> bytes:  # noqa: PLR0911 - one line for each length
    """`value` (any int of 64 bits; a negative one as its two's complement) as a varint of one to ten bytes."""
    if 0 <= value < _LAST:
        return _high[value]
    if not _low:
        return _slow_varint(value)
    if value >= 0:
        if value < _PIECE:
            return _high[value]
        if value < _TWO_PIECES:
            return _low[value & 0x3FFF] + _high[value >> 14]
        if value < _THREE_PIECES:
            return _low[value & 0x3FFF] + _low[value >> 14 & 0x3FFF] + _high[value >> 28]
    elif value >= -_TWO_PIECES:
        return _low[value & 0x3FFF] + _low[value >> 14 & 0x3FFF] + _NEGATIVE
    value &= _WORD
    low = value & _TWO_PIECES - 1
    value >>= 28
    head = _low[low & 0x3FFF] + _low[low >> 14] + _low[value & 0x3FFF]
    value >>= 14
    return head + _high[value] if value < _PIECE else head + _low[value & 0x3FFF] + _high[value >> 14]


def _slow_varint(value: int) -> bytes:
    global _calls  # noqa: PLW0603 - how often the tables were missed; a lost count does no harm
    _calls += 1
    if _calls == _TABLES_AFTER:
        pieces()
    value &= _WORD
    out = bytearray()
    while value > _MASK:
        out.append(value & _MASK | _LAST)
        value >>= 7
    out.append(value)
    return bytes(out)


def tag(field: int, wire_type: int) -> bytes:
    """The key in front of a field: its number and how its value is framed."""
    return varint(field << 3 | wire_type)


def delimited(field: int, payload: bytes) -> bytes:
    """A length-delimited field (message, string, bytes, packed) with its key and its length."""
    return tag(field, LENGTH) + varint(len(payload)) + payload


def read_varint(data: bytes, position: int) -> tuple[int, int]:
    """The unsigned varint at `position`, and the position behind it."""
    result = shift = 0
    start = position
    try:
        while True:
            byte = data[position]
            position += 1
            result |= (byte & _MASK) << shift
            if byte < _LAST:
                return result & _WORD, position
            shift += 7
            if position - start == _VARINT_BYTES:
                raise _broken("a varint of more than ten bytes", start, len(data))
    except IndexError:
        raise _broken("a varint runs over the end", start, len(data)) from None


def fields(data: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Split a message: for each field its number, wire type, and the start and end of its value in `data`."""
    position, size = 0, len(data)
    while position < size:
        start = position
        key, position = read_varint(data, position)
        if position - start > _WORD_BYTES:
            raise _broken("a key of more than five bytes", start, size)
        number, wire_type = key >> 3, key & 7
        if not 0 < number <= _MAX_FIELD:
            raise _broken(f"field number {number} is out of range", start, size)
        if wire_type == LENGTH:
            before = position
            length, position = read_varint(data, position)
            if position - before > _WORD_BYTES:
                raise _broken("a length of more than five bytes", start, size)
            end = position + length
        elif wire_type == VARINT:
            _, end = read_varint(data, position)
        elif wire_type == FIXED64:
            end = position + 8
        elif wire_type == FIXED32:
            end = position + 4
        else:
            raise _broken(f"wire type {wire_type} is a group or unknown", start, size)
        if end > size:
            raise _broken(f"field {number} runs over the end", start, size)
        yield number, wire_type, position, end
        position = end


def _broken(what: str, offset: int, size: int) -> WireError:
    return WireError(
        f"these bytes are not a protobuf message: {what}",
        where=f"byte {offset} of {size}",
        expected="a protobuf message",
        got="other bytes",
        fix="check that the file is complete and is the kind of message that was asked for",
    )
