"""The digest of a literal: whether two literals are equal as values, in any process, on any machine.

It is the sha256 of `b"drawloom.literal.1"` and the canonical bytes of the literal's *essence*:

- `Literal.metadata` is dropped (an offset or a zone is how a value is shown, not what it is);
- where `Literal.hash` is set, the hash stands for the whole value, at any depth;
- a msgpack body is rewritten with its maps in key order and every number in its shortest form, since a dict's order is
  no part of its value;
- in the type that a union value or a dataset carries, metadata and annotation are dropped: they describe, with wording
  that differs between versions of the libraries that made them.

Framing is protobuf's own: every list, map and element has its length in front, so `[[1], [2]]` and `[[1, 2]]` differ.
A list of plain primitives is its own essence, which its columns show without a look at each element.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from operator import itemgetter
from typing import Any

import literals._pb as pb
from literals.canonical import canonical_bytes
from literals.limits import MAX_DEPTH, parse, too_deep
from literals.list_decoding import bools, floats, ints, payload, texts
from literals.narrowing import is_list
from literals.type_visitor import children

_DOMAIN = b"drawloom.literal.1\x00"
_COLLECTION = 0x12
_SCALAR, _INT, _FLOAT, _TEXT, _BOOL = 0x0A, 0x08, 0x11, 0x1A, 0x20
_MORE = 0x80
"""A length from here on takes two bytes; a byte of a varint from here on is not its last."""
_LEAST, _FLOAT_SIZE, _WHOLE = 6, 13, 9
"""Bytes of the shortest primitive's literal, of a float's, and of the longest varint that is not negative."""
_COLUMNS: dict[int, Callable[[bytes], Any]] = {
    0x08: ints,
    0x11: floats,
    0x1A: texts,
    0x20: bools,
}
"""By the key of the first element's primitive."""


def digest(literal: pb.Literal | bytes) -> bytes:
    """The 32-byte sha256 of a literal's essence (see the module). Raises `MalformedError` for bytes that are not a literal."""
    if isinstance(literal, bytes):
        if _is_plain_scalar(literal) or _is_plain_list(literal):
            return hashlib.sha256(_DOMAIN + literal).digest()
        literal = parse(pb.Literal, literal)
    return hashlib.sha256(_DOMAIN + canonical_bytes(_essence(literal, 0))).digest()


def _is_plain_scalar(data: bytes) -> bool:
    """Whether these are the canonical bytes of a short primitive (no date, no duration), without hash or metadata."""
    size = len(data)
    if not _LEAST <= size < _MORE or (data[0], data[1], data[2], data[3]) != (_SCALAR, size - 2, _SCALAR, size - 4):
        return False
    key = data[4]
    if key == _INT:
        body = data[5:]
        # As few bytes as it can be, ten (a negative one) left out: all but the last go on, and the last is not empty.
        whole = len(body) <= _WHOLE and body[-1] < _MORE and (body[-1] > 0 or len(body) == 1)
        return whole and min(body[:-1], default=_MORE) >= _MORE
    if key == _TEXT:
        return data[5] == size - 6 and data.isascii()
    return (key == _FLOAT and size == _FLOAT_SIZE) or (key == _BOOL and size == _LEAST and data[5] <= 1)


def _is_plain_list(data: bytes) -> bool:
    """Whether these are the canonical bytes of a list of primitives of one kind, without hash or metadata."""
    start = payload(data, _COLLECTION)
    if start is None or len(data) < start + 7:
        return False
    lengths = 0  # the element's, the scalar's and the primitive's, each a varint behind its key
    at = start
    while lengths < 3 and at + 2 < len(data):  # noqa: PLR2004 - the three levels
        at += 1
        while data[at] > 0x7F and at + 1 < len(data):  # noqa: PLR2004 - a varint goes on
            at += 1
        at += 1
        lengths += 1
    read = _COLUMNS.get(data[at]) if at < len(data) else None
    return read is not None and read(data) is not None


def _essence(literal: pb.Literal, depth: int) -> pb.Literal:
    if depth > MAX_DEPTH:
        raise too_deep()
    if literal.hash:
        return pb.Literal(hash=literal.hash)
    kind = literal.WhichOneof("value")
    out = pb.Literal()
    if kind == "scalar":
        _scalar(out.scalar, literal.scalar, depth)
    elif kind == "collection":
        out.collection.SetInParent()
        add = out.collection.literals.append
        for item in literal.collection.literals:
            add(_essence(item, depth + 1))
    elif kind == "map":
        out.map.SetInParent()
        entries = literal.map.literals
        for key in entries:
            out.map.literals[key].CopyFrom(_essence(entries[key], depth + 1))
    elif kind == "offloaded_metadata":
        out.offloaded_metadata.uri = literal.offloaded_metadata.uri
    return out


def _scalar(out: pb.Scalar, scalar: pb.Scalar, depth: int) -> None:
    kind = scalar.WhichOneof("value")
    if kind == "union":
        out.union.value.CopyFrom(_essence(scalar.union.value, depth + 1))
        out.union.type.CopyFrom(_bare(scalar.union.type))
    elif kind == "binary" and scalar.binary.tag == "msgpack":
        out.binary.tag = scalar.binary.tag
        out.binary.value = _msgpack(scalar.binary.value)
    elif kind == "structured_dataset":
        out.structured_dataset.uri = scalar.structured_dataset.uri
        dataset = out.structured_dataset.metadata.structured_dataset_type
        dataset.CopyFrom(scalar.structured_dataset.metadata.structured_dataset_type)
        for column in dataset.columns:
            column.literal_type.CopyFrom(_bare(column.literal_type))
    else:
        out.CopyFrom(scalar)


def _bare(literal_type: pb.LiteralType) -> pb.LiteralType:
    out = pb.LiteralType()
    out.CopyFrom(literal_type)
    _strip(out, 0)
    return out


def _strip(literal_type: pb.LiteralType, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise too_deep()
    for name in ("metadata", "annotation"):
        literal_type.ClearField(name)
    literal_type.structure.ClearField("dataclass_type")
    if not literal_type.structure.tag:
        literal_type.ClearField("structure")
    for inner in children(literal_type):
        _strip(inner, depth + 1)


def _msgpack(body: bytes) -> bytes:
    import msgpack  # noqa: PLC0415 - only values with a msgpack body pay for the import

    try:
        value = msgpack.unpackb(
            body,
            strict_map_key=False,
            object_pairs_hook=_Pairs,
            ext_hook=msgpack.ExtType,
            timestamp=0,
        )
        return msgpack.packb(_ordered(value, msgpack.packb))
    except (ValueError, OverflowError, RecursionError):
        return body  # not msgpack after all: the bytes themselves are the value


class _Pairs(list[tuple[object, object]]):
    """A msgpack map as its pairs, told apart from an array."""


def _ordered(value: object, pack: Callable[[object], bytes]) -> object:
    if isinstance(value, _Pairs):
        pairs = [(pack(_ordered(key, pack)), item) for key, item in value]
        return {_Key(key): _ordered(item, pack) for key, item in sorted(pairs, key=itemgetter(0))}
    if is_list(value):
        return [_ordered(item, pack) for item in value]
    return value


class _Key(bytes):
    """A packed key, so that keys of any type (also unhashable ones) have an order."""
