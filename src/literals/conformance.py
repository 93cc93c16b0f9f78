"""Does this literal inhabit this literal type? The first mismatch, with its path.

The law that ties it to `assignable`: a literal that conforms to A conforms to every B that A is assignable to, except
where A is wider on purpose (a string into an enum, a blob of any format), which is settled by the value at run time.

Rules: a primitive by its kind; `NONE` by none_type; `STRUCT` by a protobuf Struct or a msgpack binary; `BINARY` by any
binary; an enum by a member's name as a string; a blob by dimensionality and, where both name one, format; collections
and maps element by element; a structured dataset by format where both name one; a schema by a schema or a dataset; a
union by a union literal whose value conforms to one of the variants, or by a bare literal that conforms to one; where no
union is asked for, a union literal by its value. Literals stored elsewhere (`offloaded_metadata`) conform by their inferred type, which is not looked into further.
"""

# ruff: noqa: ARG002 - each method of a visitor is given what any of them needs
from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import literals._pb as pb
from literals.assignability import assignable
from literals.limits import MAX_DEPTH, parse, too_deep
from literals.path import at_index, at_key, join
from literals.pretty import literal_text, type_text
from literals.type_visitor import TypeVisitor

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
    return _CONFORMANCE.check(message, literal_type, 0)


def _mismatch(literal: pb.Literal, expected: pb.LiteralType) -> Mismatch:
    return Mismatch("", type_text(expected), literal_text(literal, limit=120))


def _below(step: str, found: Mismatch) -> Mismatch:
    return Mismatch(join("", (step, found.path)), found.expected, found.got)


def _when(fits: bool, literal: pb.Literal, expected: pb.LiteralType) -> Mismatch | None:  # noqa: FBT001 - the test's result
    return None if fits else _mismatch(literal, expected)


_PRIMITIVES = {1: "integer", 2: "float_value", 3: "string_value", 4: "boolean", 5: "datetime", 6: "duration"}
_NONE, _BINARY, _ERROR, _STRUCT = 0, 7, 8, 9


if TYPE_CHECKING:
    _Visitor = TypeVisitor[[pb.Literal, int], Mismatch | None]
else:
    _Visitor = TypeVisitor  # naming the messages would load them


class _Conformance(_Visitor):
    """The first mismatch of a literal; the arguments are the literal and the number of values around it."""

    __slots__ = ()

    def check(self, literal: pb.Literal, expected: pb.LiteralType, depth: int) -> Mismatch | None:
        if depth > MAX_DEPTH:
            raise too_deep()
        kind = literal.WhichOneof("value")
        if kind == "offloaded_metadata":
            inferred = literal.offloaded_metadata.inferred_type
            unknown = inferred.WhichOneof("type") is None
            return None if unknown or assignable(inferred, expected) is None else _mismatch(literal, expected)
        if kind == "scalar" and literal.scalar.HasField("union") and not expected.HasField("union_type"):
            return self.check(
                literal.scalar.union.value, expected, depth + 1
            )  # each variant flows here, so this one does
        return self.visit(expected, literal, depth)

    def unset(self, expected: pb.LiteralType, /, literal: pb.Literal, depth: int) -> Mismatch | None:
        return _mismatch(literal, expected)

    def simple(self, expected: pb.LiteralType, /, literal: pb.Literal, depth: int) -> Mismatch | None:
        scalar, simple = literal.scalar, expected.simple
        kind = scalar.WhichOneof("value")
        if kind == "primitive":
            fits = scalar.primitive.WhichOneof("value") == _PRIMITIVES.get(simple, "")
        elif kind == "binary":
            fits = simple == _BINARY or (simple == _STRUCT and scalar.binary.tag == MSGPACK)
        else:
            fits = {"none_type": _NONE, "error": _ERROR, "generic": _STRUCT}.get(kind or "", -1) == simple
        return _when(fits, literal, expected)

    def union_type(self, expected: pb.LiteralType, /, literal: pb.Literal, depth: int) -> Mismatch | None:
        value, tag = literal, ""
        if literal.scalar.HasField("union"):
            value = literal.scalar.union.value
            tag = literal.scalar.union.type.structure.tag
        meant: Mismatch | None = None
        for variant in expected.union_type.variants:
            found = self.check(value, variant, depth + 1)
            if found is None:
                return None
            if found.path and (tag == variant.structure.tag or meant is None):
                meant = found
        return meant or _mismatch(literal, expected)

    def collection_type(self, expected: pb.LiteralType, /, literal: pb.Literal, depth: int) -> Mismatch | None:
        if not literal.HasField("collection"):
            return _mismatch(literal, expected)
        element = expected.collection_type
        for index, item in enumerate(literal.collection.literals):
            found = self.check(item, element, depth + 1)
            if found is not None:
                return _below(at_index(index), found)
        return None

    def map_value_type(self, expected: pb.LiteralType, /, literal: pb.Literal, depth: int) -> Mismatch | None:
        if not literal.HasField("map"):
            return _mismatch(literal, expected)
        element = expected.map_value_type
        entries = literal.map.literals
        for key in sorted(entries):
            found = self.check(entries[key], element, depth + 1)
            if found is not None:
                return _below(at_key(key), found)
        return None

    def enum_type(self, expected: pb.LiteralType, /, literal: pb.Literal, depth: int) -> Mismatch | None:
        primitive = literal.scalar.primitive
        is_text = primitive.WhichOneof("value") == "string_value"
        return _when(is_text and primitive.string_value in expected.enum_type.values, literal, expected)

    def blob(self, expected: pb.LiteralType, /, literal: pb.Literal, depth: int) -> Mismatch | None:
        got, wanted = literal.scalar.blob.metadata.type, expected.blob
        fits = (
            literal.scalar.HasField("blob")
            and got.dimensionality == wanted.dimensionality
            and (not got.format or not wanted.format or got.format == wanted.format)
        )
        return _when(fits, literal, expected)

    def structured_dataset_type(self, expected: pb.LiteralType, /, literal: pb.Literal, depth: int) -> Mismatch | None:
        scalar, wanted = literal.scalar, expected.structured_dataset_type.format.lower()
        match scalar.WhichOneof("value"):
            case "schema":
                fits = wanted in ("", "parquet")
            case "structured_dataset":
                got = scalar.structured_dataset.metadata.structured_dataset_type.format.lower()
                fits = not got or not wanted or got == wanted
            case kind:
                fits = kind == "none_type"
        return _when(fits, literal, expected)

    def schema(self, expected: pb.LiteralType, /, literal: pb.Literal, depth: int) -> Mismatch | None:
        held = literal.scalar.WhichOneof("value")
        return _when(held in ("schema", "structured_dataset", "none_type"), literal, expected)


_CONFORMANCE = _Conformance()
