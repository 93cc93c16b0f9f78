"""Literals and literal types as one line of readable text: the notation of errors, of `drawloom show` and of golden tests.

Types: `int`, `list[int]`, `dict[str, float]`, `int | none`, `enum{a, b}`, `struct`, `struct Point{x: int}`,
`blob<csv>`, `multipart<csv>`, `dataset<parquet>{a: int}`, `schema{a: int}`. Literals: `3`, `1.5`, `"a"`, `true`,
`[1, 2]`, `{"a": 1}`, `none`, `2024-01-01T00:00:00Z`, `90s`, `msgpack{"x": 1}`, `blob<csv>("s3://b/k")`.
A hash is shown behind its literal as `#hash`. `_PREVIEW` bounds what one literal may cost to print.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import literals._pb as pb
from literals.limits import MAX_DEPTH, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from google.protobuf.struct_pb2 import Struct, Value

SIMPLE_NAMES = ("none", "int", "float", "str", "bool", "datetime", "duration", "binary", "error", "struct")
"""The text of each `SimpleType`, by number."""

_ELEMENTS = 1000


def type_text(literal_type: pb.LiteralType) -> str:
    """One line for a type; `?` where the type is unset."""
    return _type(literal_type, 0)


def _type(lt: pb.LiteralType, depth: int) -> str:
    kind = lt.WhichOneof("type")
    if kind is None:
        return "?"
    return _TYPES[kind](lt, depth + 1) if depth < MAX_DEPTH else "…"


def _simple(lt: pb.LiteralType, depth: int) -> str:
    if not 0 <= lt.simple < len(SIMPLE_NAMES):
        return f"simple({lt.simple})"
    name = SIMPLE_NAMES[lt.simple]
    if name != "struct" or not lt.structure.dataclass_type:
        return name
    title = lt.metadata.fields["title"].string_value if "title" in lt.metadata.fields else ""
    fields = lt.structure.dataclass_type
    shown = _columns((key, fields[key]) for key in sorted(fields)) if depth < MAX_DEPTH else "{…}"
    return f"struct {title}{shown}" if title else f"struct{shown}"


def _columns(columns: Iterable[tuple[str, pb.LiteralType]]) -> str:
    text = ", ".join(f"{name}: {type_text(kind)}" for name, kind in columns)
    return f"{{{text}}}" if text else ""


def _union(lt: pb.LiteralType, depth: int) -> str:
    return " | ".join(_type(variant, depth) for variant in lt.union_type.variants) or "never"


def _enum(lt: pb.LiteralType, _: int) -> str:
    return f"enum{{{', '.join(lt.enum_type.values)}}}"


def _blob_type(blob: pb.BlobType) -> str:
    name = "multipart" if blob.dimensionality else "blob"
    return f"{name}<{blob.format}>" if blob.format else name


def _dataset(lt: pb.LiteralType, _: int) -> str:
    dataset = lt.structured_dataset_type
    head = f"dataset<{dataset.format}>" if dataset.format else "dataset"
    return head + _columns((c.name, c.literal_type) for c in dataset.columns)


def _schema(lt: pb.LiteralType, _: int) -> str:
    names = ("int", "float", "str", "bool", "datetime", "duration")
    text = ", ".join(f"{c.name}: {names[c.type] if 0 <= c.type < len(names) else c.type}" for c in lt.schema.columns)
    return f"schema{{{text}}}" if text else "schema"


_TYPES: dict[str, Callable[[pb.LiteralType, int], str]] = {
    "simple": _simple,
    "schema": _schema,
    "collection_type": lambda lt, depth: f"list[{_type(lt.collection_type, depth)}]",
    "map_value_type": lambda lt, depth: f"dict[str, {_type(lt.map_value_type, depth)}]",
    "blob": lambda lt, _: _blob_type(lt.blob),
    "enum_type": _enum,
    "structured_dataset_type": _dataset,
    "union_type": _union,
}


def literal_text(literal: pb.Literal | bytes, limit: int | None = None) -> str:
    """One line for a literal (a message or its bytes), cut to `limit` characters if one is given."""
    message = parse(pb.Literal, literal) if isinstance(literal, bytes) else literal
    text = _literal(message, 0)
    return text if limit is None or len(text) <= limit else text[: limit - 1] + "…"


def _literal(literal: pb.Literal, depth: int) -> str:
    text = _value(literal, depth) if depth < MAX_DEPTH else "…"
    return f"{text} #{literal.hash}" if literal.hash else text


def _value(literal: pb.Literal, depth: int) -> str:
    kind = literal.WhichOneof("value")
    if kind == "scalar":
        return scalar_text(literal.scalar, depth)
    if kind == "collection":
        items = literal.collection.literals
        shown = [_literal(item, depth + 1) for item in items[:_ELEMENTS]]
        more = [f"… {len(items)} in all"] if len(items) > _ELEMENTS else []
        return f"[{', '.join(shown + more)}]"
    if kind == "map":
        entries = literal.map.literals
        keys = sorted(entries)
        shown = [f"{_string(key)}: {_literal(entries[key], depth + 1)}" for key in keys[:_ELEMENTS]]
        more = [f"… {len(keys)} in all"] if len(keys) > _ELEMENTS else []
        return f"{{{', '.join(shown + more)}}}"
    if kind == "offloaded_metadata":
        stored = literal.offloaded_metadata
        return f"offloaded {type_text(stored.inferred_type)}({_string(stored.uri)}, {stored.size_bytes} bytes)"
    return "unset"


def scalar_text(scalar: pb.Scalar, depth: int = 0) -> str:
    """One line for a scalar; `unset` where nothing is set."""
    kind = scalar.WhichOneof("value")
    return "unset" if kind is None else _SCALARS[kind](scalar, depth)


def primitive_text(primitive: pb.Primitive) -> str:
    """One line for a primitive; `unset` where nothing is set."""
    kind = primitive.WhichOneof("value")
    if kind is None:
        return "unset"
    value = getattr(primitive, kind)
    if kind == "integer":
        return str(value)
    if kind == "float_value":
        return repr(value) if math.isfinite(value) else str(value)
    if kind == "string_value":
        return _string(value)
    if kind == "boolean":
        return "true" if value else "false"
    return _seconds(value, kind)


def _seconds(value: pb.Timestamp | pb.Duration, kind: str) -> str:
    try:
        text = value.ToJsonString()
    except (ValueError, OverflowError):  # outside the years that protobuf allows
        return f"{kind}({value.seconds} s, {value.nanos} ns)"
    return str(text)


def _string(text: str) -> str:
    import json  # noqa: PLC0415 - two milliseconds of everybody's import, and few print literals

    return json.dumps(text, ensure_ascii=False)


def _binary(scalar: pb.Scalar, _: int) -> str:
    binary = scalar.binary
    size = len(binary.value)
    return f"{binary.tag or 'binary'}({size} bytes: {binary.value[:24].hex()}{'…' if size > 24 else ''})"  # noqa: PLR2004 - what fits a line


def _blob(scalar: pb.Scalar, _: int) -> str:
    return f"{_blob_type(scalar.blob.metadata.type)}({_string(scalar.blob.uri)})"


def _structured(scalar: pb.Scalar, _: int) -> str:
    stored = scalar.structured_dataset
    lt = pb.LiteralType(structured_dataset_type=stored.metadata.structured_dataset_type)
    return f"{type_text(lt)}({_string(stored.uri)})"


def _union_value(scalar: pb.Scalar, depth: int) -> str:
    tag = scalar.union.type.structure.tag
    text = _literal(scalar.union.value, depth + 1)
    return f"{text} as {type_text(scalar.union.type)}" + (f" ({tag})" if tag else "")


def _error(scalar: pb.Scalar, _: int) -> str:
    return f"error({_string(scalar.error.failed_node_id)}, {_string(scalar.error.message)})"


_SCALARS: dict[str, Callable[[pb.Scalar, int], str]] = {
    "primitive": lambda scalar, _: primitive_text(scalar.primitive),
    "blob": _blob,
    "binary": _binary,
    "schema": lambda scalar, _: f"{type_text(pb.LiteralType(schema=scalar.schema.type))}({_string(scalar.schema.uri)})",
    "none_type": lambda _scalar, _: "none",
    "error": _error,
    "generic": lambda scalar, _: f"struct{struct_text(scalar.generic)}",
    "structured_dataset": _structured,
    "union": _union_value,
}


def struct_text(struct: Struct) -> str:
    """A protobuf Struct as JSON-like text with its keys in order."""
    return "{" + ", ".join(f"{_string(key)}: {_json(struct.fields[key])}" for key in sorted(struct.fields)) + "}"


def _json(value: Value) -> str:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return struct_text(value.struct_value)
    if kind == "list_value":
        return "[" + ", ".join(_json(item) for item in value.list_value.values) + "]"
    if kind == "number_value":
        number = value.number_value
        return str(int(number)) if number.is_integer() else str(number)
    if kind == "string_value":
        return _string(value.string_value)
    if kind == "bool_value":
        return "true" if value.bool_value else "false"
    return "null"
