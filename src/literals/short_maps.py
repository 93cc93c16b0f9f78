"""Short maps of literals, entry by entry: columns have a cost of their own, which a few entries do not pay for.

Only what drawloom and protobuf's serializers write is taken, with every length in one byte: an entry is its key and its value, in this
order and nothing else, and no key comes twice. Anything else is left to the ways that have the meaning.

Fast path of `literals.literal_maps.unpack_map`, which takes any map. Law: `tests/laws/test_fast_paths.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

LONGEST: Final = 66
"""Bytes of the longest map that is read in a loop: about three entries with numbers, from where on columns are quicker."""
FEW: Final = 3
"""Entries up to which a map is written in a loop."""
_MAP, _ENTRY, _VALUE = 0x1A, 0x0A, 0x12
_ENTRY_SIZE: Final = 4
_CONTINUE: Final = 0x80


def entries(data: bytes) -> dict[str, bytes] | None:
    """The literals' bytes of a map by key, in the order of the bytes; None where they are not of that form."""
    size = len(data)
    if not 1 < size <= LONGEST or data[0] != _MAP or data[1] != size - 2:
        return None
    found: dict[str, bytes] = {}
    place, count = 2, 0
    try:
        while place < size:
            first, length, second, keys = data[place : place + _ENTRY_SIZE]
            start = place + _ENTRY_SIZE
            middle = start + keys
            end = place + 2 + length
            if (
                not first == second == _ENTRY
                or data[middle] != _VALUE
                or middle + 2 + data[middle + 1] != end
                or end > size
                or data[middle + 1] >= _CONTINUE
            ):
                return None
            found[data[start:middle].decode()] = data[middle + 2 : end]
            place = end
            count += 1
    except (IndexError, ValueError):  # cut short, or a key that is not UTF-8
        return None
    return found if len(found) == count else None


def packed(values: Mapping[str, bytes]) -> bytes | None:
    """The map of the literals whose bytes are given, in the mapping's order; None where a length takes more than one byte.

    Raises:
        UnicodeEncodeError: a key has a lone surrogate.
    """
    body = b""
    for name, value in values.items():
        key = name.encode()
        keys, size = len(key), len(value)
        if keys + size + _ENTRY_SIZE >= _CONTINUE:
            return None
        body += b"%c%c%c%c%b%c%c%b" % (_ENTRY, keys + size + _ENTRY_SIZE, _ENTRY, keys, key, _VALUE, size, value)
    return b"%c%c%b" % (_MAP, len(body), body) if len(body) < _CONTINUE else None
