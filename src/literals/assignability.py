"""May a value of one literal type flow into another? The server's castability, as a pure function with reasons.

The rules are those of Flyte's compiler, and where they are stricter here the sentence says so:

- equal kinds flow; metadata, structure and annotation are not part of the comparison, except as below;
- an enum flows into a string; a string into an enum (its membership is checked when the value is known); an enum into
  an enum that has all its values;
- a collection or map flows by its element type; an empty one (element type NONE) flows into any;
- a union flows if each of its variants flows; anything flows into a union that has a variant for it;
- none flows into none, a union with none, a structured dataset and a schema (both are nullable on the server);
- a structured dataset flows into one of the same format, where both name one, that asks for no column it lacks; a schema
  counts as one in parquet;
- a blob flows into one of the same dimensionality, and of the same format where both name one;
- a struct flows into a struct; where both describe their fields, those they share must flow, those that the
  downstream requires must exist, and (stricter than the server, which would lose them) it must have all that the upstream
  has, unless it takes more fields than it describes. int never flows into float, nor anything else by conversion.
"""

# ruff: noqa: ARG002 - each method of a visitor is given what any of them needs
from __future__ import annotations

from typing import TYPE_CHECKING

from literals.limits import MAX_DEPTH, too_deep
from literals.pretty import type_text
from literals.type_visitor import TypeVisitor, is_none, is_simple

if TYPE_CHECKING:
    import literals._pb as pb

_STRING, _STRUCT = 3, 9
_PARQUET = ("", "parquet")
_COLUMNS = {0: 1, 1: 2, 2: 3, 3: 4, 4: 5, 5: 6}  # SchemaColumnType -> SimpleType


def assignable(upstream: pb.LiteralType, downstream: pb.LiteralType) -> str | None:
    """None if a value of `upstream` may flow into `downstream`, else the reason as one clause."""
    return _FLOW.check(upstream, downstream, 0)


def _refuse(up: pb.LiteralType, down: pb.LiteralType) -> str:
    return f"{type_text(up)} does not flow into {type_text(down)}"


if TYPE_CHECKING:
    _Visitor = TypeVisitor[[pb.LiteralType, int], str | None]
else:
    _Visitor = TypeVisitor  # naming the messages would load them


class _Flow(_Visitor):
    """Why a value does not flow downstream; the arguments are the upstream type and the number of types around both."""

    __slots__ = ()

    def check(self, up: pb.LiteralType, down: pb.LiteralType, depth: int) -> str | None:
        if depth > MAX_DEPTH:
            raise too_deep()
        kind = up.WhichOneof("type")
        if kind is None or down.WhichOneof("type") is None:
            return "a type is missing"
        if kind == "union_type":
            return self._each_variant(up, down, depth)
        return self.visit(down, up, depth)

    def _each_variant(self, up: pb.LiteralType, down: pb.LiteralType, depth: int) -> str | None:
        for variant in up.union_type.variants:
            if self.check(variant, down, depth + 1) is not None:
                return f"the variant {type_text(variant)} of {type_text(up)} does not flow into {type_text(down)}"
        return None

    def unset(self, down: pb.LiteralType, /, up: pb.LiteralType, depth: int) -> str | None:
        return "a type is missing"

    def union_type(self, down: pb.LiteralType, /, up: pb.LiteralType, depth: int) -> str | None:
        if any(self.check(up, variant, depth + 1) is None for variant in down.union_type.variants):
            return None
        return f"{type_text(up)} flows into no variant of {type_text(down)}"

    def simple(self, down: pb.LiteralType, /, up: pb.LiteralType, depth: int) -> str | None:
        kind = up.WhichOneof("type")
        if down.simple == _STRING and kind == "enum_type":
            return None
        if kind != "simple" or up.simple != down.simple:
            return _refuse(up, down)
        return self._struct(down, up, depth) if up.simple == _STRUCT else None

    def _struct(self, down: pb.LiteralType, up: pb.LiteralType, depth: int) -> str | None:
        have, want = up.structure.dataclass_type, down.structure.dataclass_type
        for name in sorted(want) if have else ():
            if name in have:
                reason = self.check(have[name], want[name], depth + 1)
                if reason is not None:
                    return f"field {name}: {reason}"
            elif name in _required(down):
                return f"field {name} is required by {type_text(down)} and missing in {type_text(up)}"
        given, described = described_fields(up), described_fields(down)
        if given and described and not given <= described and not _takes_more(down):
            lost = min(given - described)
            return f"{type_text(down)} has no field {lost}, so that of {type_text(up)} would be lost"
        return None

    def enum_type(self, down: pb.LiteralType, /, up: pb.LiteralType, depth: int) -> str | None:
        if is_simple(up, _STRING):
            return None
        if up.WhichOneof("type") != "enum_type":
            return _refuse(up, down)
        missing = [value for value in up.enum_type.values if value not in down.enum_type.values]
        return f"{_refuse(up, down)}: it lacks {', '.join(missing[:5])}" if missing else None

    def collection_type(self, down: pb.LiteralType, /, up: pb.LiteralType, depth: int) -> str | None:
        if up.WhichOneof("type") != "collection_type":
            return _refuse(up, down)
        return self._element(down.collection_type, up.collection_type, "in the list", depth)

    def map_value_type(self, down: pb.LiteralType, /, up: pb.LiteralType, depth: int) -> str | None:
        if up.WhichOneof("type") != "map_value_type":
            return _refuse(up, down)
        return self._element(down.map_value_type, up.map_value_type, "in the map", depth)

    def _element(self, down: pb.LiteralType, up: pb.LiteralType, where: str, depth: int) -> str | None:
        if is_none(up):
            return None
        reason = self.check(up, down, depth + 1)
        return None if reason is None else f"{where}, {reason}"

    def blob(self, down: pb.LiteralType, /, up: pb.LiteralType, depth: int) -> str | None:
        if up.WhichOneof("type") != "blob" or up.blob.dimensionality != down.blob.dimensionality:
            return _refuse(up, down)
        if up.blob.format and down.blob.format and up.blob.format != down.blob.format:
            return _refuse(up, down)
        return None

    def structured_dataset_type(self, down: pb.LiteralType, /, up: pb.LiteralType, depth: int) -> str | None:
        if is_none(up):
            return None
        if up.WhichOneof("type") not in ("schema", "structured_dataset_type"):
            return _refuse(up, down)
        have, want = _format(up), _format(down)
        if have and want and have != want:
            return f"{_refuse(up, down)}: the formats differ"
        return self._columns(down, up, depth)

    schema = structured_dataset_type

    def _columns(self, down: pb.LiteralType, up: pb.LiteralType, depth: int) -> str | None:
        have, want = _column_types(up), _column_types(down)
        if not have:
            return None
        for name, column in want.items():
            if name not in have:
                return f"column {name} of {type_text(down)} is missing in {type_text(up)}"
            given = have[name]
            if isinstance(given, int) or isinstance(column, int):
                if _simple_of(given) != _simple_of(column):
                    return f"column {name} has another type in {type_text(up)} than in {type_text(down)}"
            else:
                reason = self.check(given, column, depth + 1)
                if reason is not None:
                    return f"column {name}: {reason}"
        return None


_FLOW = _Flow()


def _required(record: pb.LiteralType) -> frozenset[str]:
    if "required" not in record.metadata.fields:
        return frozenset()
    return frozenset(item.string_value for item in record.metadata.fields["required"].list_value.values)


def described_fields(record: pb.LiteralType, /) -> frozenset[str]:
    """The fields of a record by its schema, which variants of unions have too; empty where it describes none."""
    fields = record.metadata.fields
    if "$ref" in fields and "$defs" in fields:
        title = fields["$ref"].string_value.rpartition("/")[2]
        defined = fields["$defs"].struct_value.fields
        fields = defined[title].struct_value.fields if title in defined else fields
    return frozenset(fields["properties"].struct_value.fields) if "properties" in fields else frozenset()


def _takes_more(record: pb.LiteralType) -> bool:
    """Whether the record's schema takes fields that it does not describe."""
    fields = record.metadata.fields
    if "additionalProperties" not in fields:
        return False
    more = fields["additionalProperties"]
    return more.bool_value or more.HasField("struct_value")


def _format(literal_type: pb.LiteralType) -> str:
    if literal_type.WhichOneof("type") == "schema":
        return "parquet"
    return literal_type.structured_dataset_type.format.lower()


def _simple_of(column: pb.LiteralType | int) -> int:
    if isinstance(column, int):
        return column
    return column.simple if column.WhichOneof("type") == "simple" else -1


def _column_types(literal_type: pb.LiteralType) -> dict[str, pb.LiteralType | int]:
    if literal_type.WhichOneof("type") == "schema":
        return {column.name: _COLUMNS.get(column.type, -1) for column in literal_type.schema.columns}
    return {column.name: column.literal_type for column in literal_type.structured_dataset_type.columns}
