"""LiteralType -> JSON schema, in the shape that the Flyte 2 SDK gives (`NativeInterface.json_schema`).

Needs the literal types alone, so it also describes an interface read from a file. Whole numbers in schemas are ints:
a protobuf Struct has doubles only.
"""

# ruff: noqa: ARG002 - each method of a visitor is given what any of them needs
from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from literals import TypeVisitor, is_dict, is_list, is_none, pb
from typeengine.wire.plain_values import struct_plain

_SIMPLE: Mapping[str, Mapping[str, Any]] = {
    "NONE": {"type": "null"},
    "INTEGER": {"type": "integer"},
    "FLOAT": {"type": "number", "format": "float"},
    "STRING": {"type": "string"},
    "BOOLEAN": {"type": "boolean"},
    "DATETIME": {"type": "string", "format": "datetime"},
    "DURATION": {"type": "string", "format": "duration"},
    "BINARY": {"type": "string", "format": "binary"},
    "ERROR": {"type": "object", "format": "error"},
}
_PAIR = 2
_HIDDEN = frozenset({"title", "additionalProperties", "type", "required"})


def whole_numbers(value: Any) -> Any:
    """JSON with every whole float as an int."""
    if is_dict(value):
        return {key: whole_numbers(item) for key, item in value.items()}
    if is_list(value):
        return [whole_numbers(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def literal_type_to_json_schema(literal_type: pb.LiteralType) -> dict[str, Any]:
    """The JSON schema of one literal type; an empty one gives the schema that takes anything."""
    return _SCHEMAS.visit(literal_type)


def interface_json_schema(
    variables: Mapping[str, Any] | Iterable[tuple[str, Any]], optional: Iterable[str] = ()
) -> dict[str, Any]:
    """The JSON schema of an interface's inputs as one object.

    `variables`: literal types or `Variable` messages by name, in the order of the parameters. `optional`: names that
    have a default.
    """
    pairs = list(cast("Mapping[str, Any]", variables).items() if isinstance(variables, Mapping) else variables)
    defaulted = frozenset(optional)
    types = {name: item.type if item.DESCRIPTOR.name == "Variable" else item for name, item in pairs}
    return {
        "type": "object",
        "properties": {name: literal_type_to_json_schema(item) for name, item in types.items()},
        "required": [name for name in types if name not in defaulted],
    }


def _notes(literal_type: pb.LiteralType) -> dict[str, Any]:
    return whole_numbers(struct_plain(literal_type.metadata))


class _JsonSchemas(TypeVisitor[[], "dict[str, Any]"]):
    """The JSON schema of each kind of literal type."""

    __slots__ = ()

    def unset(self, literal_type: pb.LiteralType, /) -> dict[str, Any]:
        return {}

    def simple(self, literal_type: pb.LiteralType, /) -> dict[str, Any]:
        known = literal_type.simple in pb.SimpleType.values()
        name = pb.SimpleType.Name(literal_type.simple) if known else ""
        notes = _notes(literal_type)
        if name != "STRUCT":
            annotations = literal_type.annotation.annotations
            kept = annotations.fields.get("literal_values") is not None
            values = {"enum": whole_numbers(struct_plain(annotations)["literal_values"])} if kept else {}
            return {**_SIMPLE.get(name, {}), **values, **notes}
        if not notes:
            return {"type": "object"}
        schema = {key: value for key, value in notes.items() if key not in _HIDDEN}
        if "title" in notes:
            schema["dataclass"] = notes["title"]
        if "properties" in notes:
            schema["required"] = notes.get("required", [])
        return {"type": notes.get("type", "object"), **schema}

    def union_type(self, literal_type: pb.LiteralType, /) -> dict[str, Any]:
        variants = literal_type.union_type.variants
        some = [variant for variant in variants if not is_none(variant)]
        if len(variants) == _PAIR and len(some) == 1:
            return {**self.visit(some[0]), **_notes(literal_type)}
        return {"oneOf": [self._variant(variant) for variant in variants], "format": "union", **_notes(literal_type)}

    def _variant(self, literal_type: pb.LiteralType) -> dict[str, Any]:
        tag = literal_type.structure.tag
        return {**self.visit(literal_type), **({"title": tag, "structure": tag} if tag else {})}

    def collection_type(self, literal_type: pb.LiteralType, /) -> dict[str, Any]:
        return {"type": "array", "items": self.visit(literal_type.collection_type), **_notes(literal_type)}

    def map_value_type(self, literal_type: pb.LiteralType, /) -> dict[str, Any]:
        inner = self.visit(literal_type.map_value_type)
        return {"type": "object", "additionalProperties": inner, **_notes(literal_type)}

    def enum_type(self, literal_type: pb.LiteralType, /) -> dict[str, Any]:
        return {"type": "string", "enum": list(literal_type.enum_type.values), **_notes(literal_type)}

    def blob(self, literal_type: pb.LiteralType, /) -> dict[str, Any]:
        blob = literal_type.blob
        shapes = ["SINGLE", "MULTIPART"]
        return {
            "type": "object",
            "format": "blob",
            "properties": {
                "uri": {"type": "string", "default": ""},
                "format": {"type": "string", "default": blob.format},
                "dimensionality": {"type": "string", "default": shapes[blob.dimensionality], "enum": shapes},
            },
        }

    def structured_dataset_type(self, literal_type: pb.LiteralType, /) -> dict[str, Any]:
        text = {"type": "string"}
        return {"type": "object", "format": "structured-dataset", "properties": {"uri": text, "format": text}}

    schema = structured_dataset_type


_SCHEMAS = _JsonSchemas()
