"""Flyte 2's digest of inputs, from which the names of sub-actions follow.

Flyte 2's input hash joins the parts of nested values without saying where one ends, so `[[1], [2]]` and `[[1, 2]]` have one
hash. It is reproduced here because deterministic action names follow from it; the cache uses the interpreter's framed keys.
"""

from __future__ import annotations

import binascii
import hashlib
from collections.abc import Mapping
from typing import Any

import msgpack

from literals import is_dict, is_sequence, parse, pb

_PRIMITIVE = b"\x0a"
"""First byte of a literal that is a scalar; most are."""


_MSGPACK = "msgpack"


def joined(literals: Mapping[str, bytes]) -> bytes:
    """What Flyte 2 digests of inputs; other inputs of the task may have the same."""
    parts: list[bytes] = []
    for name, data in literals.items():
        if not is_primitive(data):
            data = _flat(parse(pb.Literal, data))  # noqa: PLW2901 - in its flat form
        parts.append(b"%b:%b;" % (name.encode(), data))
    return b"".join(parts)


def is_primitive(data: bytes) -> bool:
    """Whether it is scalar{primitive{...}} and nothing behind it: such a literal stands for itself, length and all."""
    if data[:1] != _PRIMITIVE:
        return False
    if len(data) < 130:  # noqa: PLR2004 - one length byte
        return data[1] == len(data) - 2 and data[2:3] == _PRIMITIVE
    size, place = 0, 1
    while data[place] > 127:  # noqa: PLR2004 - seven bits a byte
        size |= (data[place] & 127) << 7 * (place - 1)
        place += 1
    size |= data[place] << 7 * (place - 1)
    return size == len(data) - place - 1 and data[place + 1 : place + 2] == _PRIMITIVE


def digest_of(inputs: bytes) -> str:
    """Flyte 2's digest of joined inputs; empty without any."""
    return binascii.b2a_base64(hashlib.sha256(inputs).digest(), newline=False).decode() if inputs else ""


def _flat(literal: pb.Literal) -> bytes:
    if literal.hash:
        return literal.hash.encode()
    kind = literal.WhichOneof("value")
    if kind == "collection":
        return b"".join(map(_flat, literal.collection.literals))
    if kind == "map":
        entries = literal.map.literals
        return b"".join(name.encode() + _flat(entries[name]) for name in sorted(entries))
    if literal.scalar.binary.tag == _MSGPACK:
        literal.scalar.binary.value = _sorted(literal.scalar.binary.value)
    return literal.SerializeToString(deterministic=True)


def _packed(tree: object) -> bytes:
    return msgpack.packb(tree)


def _sorted(data: bytes) -> bytes:
    """A tree whose maps are in the order of their packed keys; as it is if it cannot be read."""
    try:
        return _packed(_in_order(msgpack.unpackb(data, strict_map_key=False)))
    except (ValueError, msgpack.UnpackException, RecursionError):
        return data


def _in_order(tree: object) -> Any:
    if is_dict(tree):
        return {key: _in_order(tree[key]) for key in sorted(tree, key=_packed)}
    if is_sequence(tree):
        return [_in_order(item) for item in tree]
    return tree
