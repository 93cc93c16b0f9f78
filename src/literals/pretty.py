"""Literals and literal types as one line of readable text: the notation of errors, of `drawloom show` and of golden tests.

Types: `int`, `list[int]`, `dict[str, float]`, `int | none`, `enum{a, b}`, `struct`, `struct Point{x: int}`,
`blob<csv>`, `multipart<csv>`, `dataset<parquet>{a: int}`, `schema{a: int}`. Literals: `3`, `1.5`, `"a"`, `true`,
`[1, 2]`, `{"a": 1}`, `none`, `2024-01-01T00:00:00Z`, `90s`, `msgpack{"x": 1}`, `blob<csv>("s3://b/k")`.
A hash is shown behind its literal as `#hash`. `_PREVIEW` bounds what one literal may cost to print.
"""

# ruff: noqa: ARG002 - each method of a visitor is given what any of them needs
from __future__ import annotations

import math
from typing import TYPE_CHECKING

import literals._pb as pb
from literals.limits import MAX_DEPTH, parse
from literals.type_visitor import TypeVisitor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from google.protobuf.struct_pb2 import Struct, Value

SIMPLE_NAMES = ("none", "int", "float", "str", "bool", "datetime", "duration", "binary", "error", "struct")
"""The text of each `SimpleType`, by number."""

_ELEMENTS = 1000


def type_text(literal_type: pb.LiteralType) -> str:
    """One line for a type; `?` where the type is unset."""
    return _TYPES.visit(literal_type, 0)


def _columns(columns: Iterable[tuple[str, str]]) -> str:
    text = ", ".join(f"{name}: {kind}" for name, kind in columns)
    return f"{{{text}}}" if text else ""


def _blob_type(blob: pb.BlobType) -> str:
    name = "multipart" if blob.dimensionality else "blob"
    return f"{name}<{blob.format}>" if blob.format else name


if TYPE_CHECKING:
    _Visitor = TypeVisitor[[int], str]
else:
    _Visitor = TypeVisitor  # a generic class with arguments costs every import some time


class _TypeText(_Visitor):
    """Types as text; the argument is the number of types around this one."""

    __slots__ = ()

    def _inner(self, literal_type: pb.LiteralType, depth: int) -> str:
        deep = depth + 1 >= MAX_DEPTH and literal_type.WhichOneof("type") is not None
        return "…" if deep else self.visit(literal_type, depth + 1)

    def unset(self, literal_type: pb.LiteralType, /, depth: int) -> str:
        return "?"

    def simple(self, literal_type: pb.LiteralType, /, depth: int) -> str:
        if not 0 <= literal_type.simple < len(SIMPLE_NAMES):
            return f"simple({literal_type.simple})"
        name = SIMPLE_NAMES[literal_type.simple]
        fields = literal_type.structure.dataclass_type
        if name != "struct" or not fields:
            return name
        notes = literal_type.metadata.fields
        title = notes["title"].string_value if "title" in notes else ""
        deep = depth + 1 >= MAX_DEPTH
        shown = "{…}" if deep else _columns((key, self._inner(fields[key], depth)) for key in sorted(fields))
        return f"struct {title}{shown}" if title else f"struct{shown}"

    def union_type(self, literal_type: pb.LiteralType, /, depth: int) -> str:
        return " | ".join(self._inner(variant, depth) for variant in literal_type.union_type.variants) or "never"

    def collection_type(self, literal_type: pb.LiteralType, /, depth: int) -> str:
        return f"list[{self._inner(literal_type.collection_type, depth)}]"

    def map_value_type(self, literal_type: pb.LiteralType, /, depth: int) -> str:
        return f"dict[str, {self._inner(literal_type.map_value_type, depth)}]"

    def enum_type(self, literal_type: pb.LiteralType, /, depth: int) -> str:
        return f"enum{{{', '.join(literal_type.enum_type.values)}}}"

    def blob(self, literal_type: pb.LiteralType, /, depth: int) -> str:
        return _blob_type(literal_type.blob)

    def structured_dataset_type(self, literal_type: pb.LiteralType, /, depth: int) -> str:
        dataset = literal_type.structured_dataset_type
        head = f"dataset<{dataset.format}>" if dataset.format else "dataset"
        return head + _columns((c.name, self._inner(c.literal_type, depth)) for c in dataset.columns)

    def schema(self, literal_type: pb.LiteralType, /, depth: int) -> str:
        kinds = ("int", "float", "str", "bool", "datetime", "duration")
        columns = literal_type.schema.columns
        return "schema" + _columns(
            (c.name, kinds[c.type] if 0 <= c.type < len(kinds) else str(c.type)) for c in columns
        )


_TYPES = _TypeText()


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
