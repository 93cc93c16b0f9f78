"""LiteralType -> Python type: the explicit guess. Plain types, or a class made to the schema; the unknown is refused by name.

Nothing is imported on a literal type's word: a protobuf message class is found only where its module is loaded already.
A date's literal type is a datetime's, so a datetime is what comes back.
"""

# ruff: noqa: ARG002 - each method of a visitor is given what any of them needs
from __future__ import annotations

import collections
import datetime as dt
import importlib
import sys
import typing
from collections.abc import Mapping
from typing import Annotated, Any

from literals import TypeVisitor, is_list, is_simple, nested, pb
from typeengine.builtin.iterators import JSON
from typeengine.builtin.reference_codecs import FlyteDirectory, FlyteError, FlyteFile, FlyteSchema
from typeengine.builtin.structured_dataset import StructuredDataset
from typeengine.reverse.from_json_schema import Known, made_enum, refused, type_of_schema
from typeengine.wire.plain_values import struct_plain

PICKLE_FORMAT = "PythonPickle"
"""Blob format under which flytekit and Flyte 2 write pickles."""

_SIMPLE: Mapping[str, Any] = {
    "NONE": type(None),
    "INTEGER": int,
    "FLOAT": float,
    "STRING": str,
    "BOOLEAN": bool,
    "DATETIME": dt.datetime,
    "DURATION": dt.timedelta,
    "ERROR": FlyteError,
}
_COLUMNS: Mapping[str, Any] = {
    "INTEGER": int,
    "FLOAT": float,
    "STRING": str,
    "BOOLEAN": bool,
    "DATETIME": dt.datetime,
    "DURATION": dt.timedelta,
}
_MULTIPART = 1
_EXACT = frozenset({"blob", "structured_dataset_type", "enum_type", "schema", "record"})
"""Kinds of literal types that say more than the JSON schema of the same field; a record is a struct that lists its fields."""


def guess_python_type(literal_type: pb.LiteralType, known: Known | None = None) -> Any:
    """The Python type that a literal type stands for.

    `known` gives the type that somebody has registered for a JSON schema inside that of a record, or None.

    Raises:
        TypeTransformerFailedError: the literal type is empty, pickled, or of a kind that has no Python type.
    """
    return (_PYTHON_TYPES if known is None else _PythonTypes(known)).visit(literal_type)


def _literal_values(literal_type: pb.LiteralType) -> list[Any]:
    """Values of a `typing.Literal`, which flytekit keeps in the annotation; numbers are doubles there."""
    kept = literal_type.annotation.annotations.fields
    values = struct_plain(literal_type.annotation.annotations)["literal_values"] if "literal_values" in kept else None
    plain = is_list(values) and all(isinstance(value, (str, float, bool)) for value in values)
    return typing.cast("list[Any]", values) if plain else []


def _struct(literal_type: pb.LiteralType, known: Known | None, *, inside: bool) -> Any:
    schema = struct_plain(literal_type.metadata)
    if not schema:
        return dict
    if inside and known is not None and (registered := known(schema)) is not None:
        return registered
    if "pb_type" in schema:
        return _message_class(schema["pb_type"])
    inner = literal_type.structure.dataclass_type
    fields = _PythonTypes(known, inside=True)
    exact = {name: fields.visit(inner[name]) for name in sorted(inner) if _is_exact(inner[name])}
    return type_of_schema(schema, exact, known)


_WELL_KNOWN = frozenset(
    f"google.protobuf.{name}_pb2"
    for name in ("any", "duration", "empty", "field_mask", "struct", "timestamp", "wrappers")
)
"""Modules of protobuf itself; these may be loaded on a literal type's word."""


def _message_class(path: object) -> Any:
    """The protobuf message class `module.Class`, if its module is loaded: a literal type must not make us import."""
    module, _, name = str(path).rpartition(".")
    loaded = importlib.import_module(module) if module in _WELL_KNOWN or module in sys.modules else None
    found = getattr(loaded, name, None)
    if isinstance(found, type) and hasattr(found, "DESCRIPTOR"):
        return found
    raise refused(f"the protobuf message {path}", f"the module {module} is not loaded")


def _is_exact(literal_type: pb.LiteralType) -> bool:
    """Whether a field's literal type is better than its JSON schema: a reference or enum inside, and no pickle."""
    kinds = list(_leaves(literal_type))
    return (
        bool(kinds)
        and all(kind in _EXACT or kind == "simple" for kind in kinds)
        and any(kind in _EXACT for kind in kinds)
    )


def _leaves(literal_type: pb.LiteralType) -> typing.Iterator[str]:
    for found in nested(literal_type):
        kind = found.WhichOneof("type")
        if kind == "blob" and found.blob.format == PICKLE_FORMAT:
            yield "pickle"
        elif is_simple(found, pb.SimpleType.Value("STRUCT")):
            closed = found.structure.dataclass_type and "$ref" not in found.metadata.fields
            yield "record" if closed else "struct"
        elif kind not in ("collection_type", "map_value_type", "union_type"):
            yield kind or "empty"


class _PythonTypes(TypeVisitor[[], Any]):
    """The Python type that each kind of literal type stands for; `known` is asked about parts of records."""

    __slots__ = ("inside", "known")

    def __init__(self, known: Known | None = None, *, inside: bool = False) -> None:
        self.known = known
        self.inside = inside

    def unset(self, literal_type: pb.LiteralType, /) -> Any:
        raise refused("an empty literal type", "nothing says what it holds")

    def simple(self, literal_type: pb.LiteralType, /) -> Any:
        known = literal_type.simple in pb.SimpleType.values()
        name = pb.SimpleType.Name(literal_type.simple) if known else ""
        if name == "STRUCT":
            return _struct(literal_type, self.known, inside=self.inside)
        if name not in _SIMPLE:
            raise refused(f"the simple type {name or literal_type.simple}", "it has no value form of its own")
        plain = _SIMPLE[name]
        options = _literal_values(literal_type)
        if not options:
            return plain
        return typing.Literal[tuple(plain(value) if plain in (int, float, bool) else value for value in options)]

    def enum_type(self, literal_type: pb.LiteralType, /) -> Any:
        return made_enum("DynamicEnum", list(literal_type.enum_type.values))

    def collection_type(self, literal_type: pb.LiteralType, /) -> Any:
        return typing.List[self.visit(literal_type.collection_type)]  # noqa: UP006 - as flytekit shows it

    def map_value_type(self, literal_type: pb.LiteralType, /) -> Any:
        return typing.Dict[str, self.visit(literal_type.map_value_type)]  # noqa: UP006 - as flytekit shows it

    def union_type(self, literal_type: pb.LiteralType, /) -> Any:
        variants = tuple(self.visit(variant) for variant in literal_type.union_type.variants)
        if not variants:
            raise refused("a union without variants", "no value could ever be given")
        return typing.Union[variants]  # noqa: UP007 - built from data

    def blob(self, literal_type: pb.LiteralType, /) -> Any:
        blob = literal_type.blob
        if blob.format == PICKLE_FORMAT:
            name = struct_plain(literal_type.metadata).get("python_class_name", "an unnamed class")
            raise refused(f"a pickle of {name}", "only a type for which pickle is opted in reads one")
        if blob.format == "jsonl" and struct_plain(literal_type.metadata).get("format") == "json iterator":
            return typing.Iterator[JSON]
        base: Any = FlyteDirectory if blob.dimensionality == _MULTIPART else FlyteFile
        return base[blob.format] if blob.format else base

    def structured_dataset_type(self, literal_type: pb.LiteralType, /) -> Any:
        dataset = literal_type.structured_dataset_type
        columns = collections.OrderedDict((column.name, self.visit(column.literal_type)) for column in dataset.columns)
        notes = (*((columns,) if columns else ()), *((dataset.format,) if dataset.format else ()))
        return Annotated[(StructuredDataset, *notes)] if notes else StructuredDataset  # pyright: ignore[reportInvalidTypeForm] - built from data

    def schema(self, literal_type: pb.LiteralType, /) -> Any:
        kinds = type(literal_type.schema).SchemaColumn.SchemaColumnType
        columns = {column.name: _COLUMNS[kinds.Name(column.type)] for column in literal_type.schema.columns}
        return FlyteSchema[columns] if columns else FlyteSchema


_PYTHON_TYPES = _PythonTypes()
