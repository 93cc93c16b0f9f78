"""LiteralType -> JSON schema, in the shape that the Flyte 2 SDK gives (`NativeInterface.json_schema`).

Needs the literal types alone, so it also describes an interface read from a file. Whole numbers in schemas are ints:
a protobuf Struct has doubles only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from literals import pb
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
    if isinstance(value, dict):
        return {key: whole_numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [whole_numbers(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def literal_type_to_json_schema(literal_type: Any) -> dict[str, Any]:  # noqa: PLR0911 - one return for each kind
    """The JSON schema of one literal type; an empty one gives the schema that takes anything."""
    kind = literal_type.WhichOneof("type")
    if kind == "simple":
        return _simple(literal_type)
    notes = whole_numbers(struct_plain(literal_type.metadata))
    if kind == "collection_type":
        return {"type": "array", "items": literal_type_to_json_schema(literal_type.collection_type), **notes}
    if kind == "map_value_type":
        inner = literal_type_to_json_schema(literal_type.map_value_type)
        return {"type": "object", "additionalProperties": inner, **notes}
    if kind == "enum_type":
        return {"type": "string", "enum": list(literal_type.enum_type.values), **notes}
    if kind == "union_type":
        return _union(literal_type, notes)
    if kind == "blob":
        return _blob(literal_type.blob)
    if kind in ("structured_dataset_type", "schema"):
        text = {"type": "string"}
        return {"type": "object", "format": "structured-dataset", "properties": {"uri": text, "format": text}}
    return {}


def interface_json_schema(
    variables: Mapping[str, Any] | Iterable[tuple[str, Any]], optional: Iterable[str] = ()
) -> dict[str, Any]:
    """The JSON schema of an interface's inputs as one object.

    `variables`: literal types or `Variable` messages by name, in the order of the parameters. `optional`: names that
    have a default.
    """
    pairs = list(variables.items() if isinstance(variables, Mapping) else variables)
    defaulted = frozenset(optional)
    types = {name: item.type if item.DESCRIPTOR.name == "Variable" else item for name, item in pairs}
    return {
        "type": "object",
        "properties": {name: literal_type_to_json_schema(item) for name, item in types.items()},
        "required": [name for name in types if name not in defaulted],
    }


def _simple(literal_type: Any) -> dict[str, Any]:
    known = literal_type.simple in pb.SimpleType.values()
    name = pb.SimpleType.Name(literal_type.simple) if known else ""
    notes = whole_numbers(struct_plain(literal_type.metadata))
    if name != "STRUCT":
        options = literal_type.annotation.annotations.fields.get("literal_values")
        values = (
            {"enum": whole_numbers(struct_plain(literal_type.annotation.annotations)["literal_values"])}
            if options is not None
            else {}
        )
        return {**_SIMPLE.get(name, {}), **values, **notes}
    if not notes:
        return {"type": "object"}
    schema = {key: value for key, value in notes.items() if key not in _HIDDEN}
    if "title" in notes:
        schema["dataclass"] = notes["title"]
    if "properties" in notes:
        schema["required"] = notes.get("required", [])
    return {"type": notes.get("type", "object"), **schema}


def _union(literal_type: Any, notes: Mapping[str, Any]) -> dict[str, Any]:
    variants = literal_type.union_type.variants
    some = [variant for variant in variants if not _is_none(variant)]
    if len(variants) == _PAIR and len(some) == 1:
        return {**literal_type_to_json_schema(some[0]), **notes}
    return {"oneOf": [_variant(variant) for variant in variants], "format": "union", **notes}


def _is_none(literal_type: Any) -> bool:
    return literal_type.WhichOneof("type") == "simple" and literal_type.simple == pb.SimpleType.Value("NONE")


def _variant(literal_type: Any) -> dict[str, Any]:
    tag = literal_type.structure.tag
    return {**literal_type_to_json_schema(literal_type), **({"title": tag, "structure": tag} if tag else {})}


def _blob(blob: Any) -> dict[str, Any]:
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
