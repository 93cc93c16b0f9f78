"""Does this literal inhabit this literal type? The first mismatch, with its path.

The law that ties it to `assignable`: a literal that conforms to A conforms to every B that A is assignable to, except
where A is wider on purpose (a string into an enum, a blob of any format), which is settled by the value at run time.

Rules: a primitive by its kind; `NONE` by none_type; `STRUCT` by a protobuf Struct or a msgpack binary; `BINARY` by any
binary; an enum by a member's name as a string; a blob by dimensionality and, where both name one, format; collections
and maps element by element; a structured dataset by format where both name one; a schema by a schema or a dataset; a
union by a union literal whose value conforms to one of the variants, or by a bare literal that conforms to one; where no
union is asked for, a union literal by its value. Literals stored elsewhere (`offloaded_metadata`) conform by their inferred type, which is not looked into further.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import literals._pb as pb
from literals.limits import MAX_DEPTH, parse, too_deep
from literals.path import at_index, at_key, join
from literals.pretty import literal_text, type_text

if TYPE_CHECKING:
    from collections.abc import Callable

MSGPACK = "msgpack"
"""The tag of a binary scalar that holds a msgpack body, in both generations of Flyte."""


class Mismatch(NamedTuple):
    """Where a literal departs from its type: a path below the value (`[2]["c"]`), the type there, what was found."""

    path: str
    expected: str
    got: str

    def __str__(self) -> str:
        place = f"{self.path}: " if self.path else ""
        return f"{place}expected {self.expected}, got {self.got}"


def conforms(literal: pb.Literal | bytes, literal_type: pb.LiteralType) -> Mismatch | None:
    """None if `literal` (a message or its bytes) inhabits `literal_type`, else the first mismatch in value order."""
    message = parse(pb.Literal, literal) if isinstance(literal, bytes) else literal
    return _check(message, literal_type, 0)


def _check(  # noqa: PLR0911 - one return for each kind of type
    literal: pb.Literal, expected: pb.LiteralType, depth: int
) -> Mismatch | None:
    if depth > MAX_DEPTH:
        raise too_deep()
    kind = expected.WhichOneof("type")
    if literal.HasField("offloaded_metadata"):
        return None
    if kind == "union_type":
        return _union(literal, expected, depth)
    if literal.HasField("scalar") and literal.scalar.HasField("union"):
        return _check(literal.scalar.union.value, expected, depth + 1)  # every variant flows here, so this one does
    if kind == "collection_type":
        return _collection(literal, expected, depth)
    if kind == "map_value_type":
        return _map(literal, expected, depth)
    if kind is not None and literal.HasField("scalar") and _SCALARS[kind](literal.scalar, expected):
        return None
    return _mismatch(literal, expected)


def _mismatch(literal: pb.Literal, expected: pb.LiteralType) -> Mismatch:
    return Mismatch("", type_text(expected), literal_text(literal, limit=120))


def _below(step: str, found: Mismatch) -> Mismatch:
    return Mismatch(join("", (step, found.path)), found.expected, found.got)


def _collection(literal: pb.Literal, expected: pb.LiteralType, depth: int) -> Mismatch | None:
    if not literal.HasField("collection"):
        return _mismatch(literal, expected)
    element = expected.collection_type
    for index, item in enumerate(literal.collection.literals):
        found = _check(item, element, depth + 1)
        if found is not None:
            return _below(at_index(index), found)
    return None


def _map(literal: pb.Literal, expected: pb.LiteralType, depth: int) -> Mismatch | None:
    if not literal.HasField("map"):
        return _mismatch(literal, expected)
    element = expected.map_value_type
    entries = literal.map.literals
    for key in sorted(entries):
        found = _check(entries[key], element, depth + 1)
        if found is not None:
            return _below(at_key(key), found)
    return None


def _union(literal: pb.Literal, expected: pb.LiteralType, depth: int) -> Mismatch | None:
    value, tag = literal, ""
    if literal.scalar.HasField("union"):
        value = literal.scalar.union.value
        tag = literal.scalar.union.type.structure.tag
    meant: Mismatch | None = None
    for variant in expected.union_type.variants:
        found = _check(value, variant, depth + 1)
        if found is None:
            return None
        if found.path and (tag == variant.structure.tag or meant is None):
            meant = found
    return meant or _mismatch(literal, expected)


_PRIMITIVES = {1: "integer", 2: "float_value", 3: "string_value", 4: "boolean", 5: "datetime", 6: "duration"}
_NONE, _BINARY, _ERROR, _STRUCT = 0, 7, 8, 9


def _simple(scalar: pb.Scalar, expected: pb.LiteralType) -> bool:
    kind, simple = scalar.WhichOneof("value"), expected.simple
    if kind == "primitive":
        return scalar.primitive.WhichOneof("value") == _PRIMITIVES.get(simple, "")
    if kind == "binary":
        return simple == _BINARY or (simple == _STRUCT and scalar.binary.tag == MSGPACK)
    wanted = {"none_type": _NONE, "error": _ERROR, "generic": _STRUCT}.get(kind or "", -1)
    return wanted == simple


def _enum(scalar: pb.Scalar, expected: pb.LiteralType) -> bool:
    primitive = scalar.primitive
    return primitive.WhichOneof("value") == "string_value" and primitive.string_value in expected.enum_type.values


def _blob(scalar: pb.Scalar, expected: pb.LiteralType) -> bool:
    got, wanted = scalar.blob.metadata.type, expected.blob
    return (
        scalar.HasField("blob")
        and got.dimensionality == wanted.dimensionality
        and (not got.format or not wanted.format or got.format == wanted.format)
    )


def _dataset(scalar: pb.Scalar, expected: pb.LiteralType) -> bool:
    if scalar.HasField("schema"):
        return expected.structured_dataset_type.format.lower() in ("", "parquet")
    got = scalar.structured_dataset.metadata.structured_dataset_type.format
    wanted = expected.structured_dataset_type.format
    same = not got or not wanted or got.lower() == wanted.lower()
    return scalar.HasField("none_type") or (scalar.HasField("structured_dataset") and same)


def _schema(scalar: pb.Scalar, _: pb.LiteralType) -> bool:
    return scalar.HasField("schema") or scalar.HasField("structured_dataset") or scalar.HasField("none_type")


_SCALARS: dict[str, Callable[[pb.Scalar, pb.LiteralType], bool]] = {
    "simple": _simple,
    "enum_type": _enum,
    "blob": _blob,
    "structured_dataset_type": _dataset,
    "schema": _schema,
}
