"""LiteralType -> Python type: the explicit guess. Plain types, or a class made to the schema; the unknown is refused by name.

Nothing is imported on a literal type's word: a protobuf message class is found only where its module is loaded already.
A date's literal type is a datetime's, so a datetime is what comes back.
"""

from __future__ import annotations

import collections
import datetime as dt
import importlib
import sys
import typing
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from literals import pb
from typeengine.builtin.iterators import JSON
from typeengine.builtin.reference_codecs import FlyteDirectory, FlyteError, FlyteFile, FlyteSchema
from typeengine.builtin.structured_dataset import StructuredDataset
from typeengine.reverse.from_json_schema import made_enum, refused, type_of_schema
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


def guess_python_type(literal_type: Any) -> Any:
    """The Python type that a literal type stands for.

    Raises:
        TypeTransformerFailedError: the literal type is empty, pickled, or of a kind that has no Python type.
    """
    kind = literal_type.WhichOneof("type")
    reader = _READERS.get(kind)
    if reader is None:
        raise refused("an empty literal type", "nothing says what it holds")
    return reader(literal_type)


def _simple(literal_type: Any) -> Any:
    name: Any = pb.SimpleType.Name(literal_type.simple) if literal_type.simple in pb.SimpleType.values() else None
    if name == "STRUCT":
        return _struct(literal_type)
    if name not in _SIMPLE:
        raise refused(f"the simple type {name or literal_type.simple}", "it has no value form of its own")
    plain = _SIMPLE[name]
    options = _literal_values(literal_type)
    if not options:
        return plain
    return typing.Literal[tuple(plain(value) if plain in (int, float, bool) else value for value in options)]


def _literal_values(literal_type: Any) -> list[Any]:
    """Values of a `typing.Literal`, which flytekit keeps in the annotation; numbers are doubles there."""
    kept = literal_type.annotation.annotations.fields
    values = struct_plain(literal_type.annotation.annotations)["literal_values"] if "literal_values" in kept else None
    plain = isinstance(values, list) and all(isinstance(value, (str, float, bool)) for value in values)
    return typing.cast("list[Any]", values) if plain else []


def _struct(literal_type: Any) -> Any:
    schema = struct_plain(literal_type.metadata)
    if not schema:
        return dict
    if "pb_type" in schema:
        return _message_class(schema["pb_type"])
    inner = literal_type.structure.dataclass_type
    return type_of_schema(
        schema, {name: guess_python_type(inner[name]) for name in sorted(inner) if _is_exact(inner[name])}
    )


_WELL_KNOWN = frozenset(
    f"google.protobuf.{name}_pb2"
    for name in ("any", "duration", "empty", "field_mask", "struct", "timestamp", "wrappers")
)
"""Modules of protobuf itself; these may be loaded on a literal type's word."""


def _message_class(path: Any) -> Any:
    """The protobuf message class `module.Class`, if its module is loaded: a literal type must not make us import."""
    module, _, name = str(path).rpartition(".")
    if module in _WELL_KNOWN:
        importlib.import_module(module)
    found = getattr(sys.modules.get(module), name, None)
    if isinstance(found, type) and hasattr(found, "DESCRIPTOR"):
        return found
    raise refused(f"the protobuf message {path}", f"the module {module} is not loaded")


def _is_exact(literal_type: Any) -> bool:
    """Whether a field's literal type is better than its JSON schema: a reference or enum inside, and no pickle."""
    kinds = list(_leaves(literal_type))
    return (
        bool(kinds)
        and all(kind in _EXACT or kind == "simple" for kind in kinds)
        and any(kind in _EXACT for kind in kinds)
    )


def _leaves(literal_type: Any) -> typing.Iterator[str]:
    kind = literal_type.WhichOneof("type")
    if kind == "collection_type":
        yield from _leaves(literal_type.collection_type)
    elif kind == "map_value_type":
        yield from _leaves(literal_type.map_value_type)
    elif kind == "union_type":
        for variant in literal_type.union_type.variants:
            yield from _leaves(variant)
    elif kind == "blob" and literal_type.blob.format == PICKLE_FORMAT:
        yield "pickle"
    elif kind == "simple" and literal_type.simple == pb.SimpleType.Value("STRUCT"):
        closed = literal_type.structure.dataclass_type and "$ref" not in literal_type.metadata.fields
        yield "record" if closed else "struct"
    else:
        yield kind or "empty"


def _enum(literal_type: Any) -> Any:
    return made_enum("DynamicEnum", list(literal_type.enum_type.values))


def _collection(literal_type: Any) -> Any:
    return typing.List[guess_python_type(literal_type.collection_type)]  # noqa: UP006 - as flytekit shows it


def _map(literal_type: Any) -> Any:
    return typing.Dict[str, guess_python_type(literal_type.map_value_type)]  # noqa: UP006 - as flytekit shows it


def _union(literal_type: Any) -> Any:
    variants = tuple(guess_python_type(variant) for variant in literal_type.union_type.variants)
    if not variants:
        raise refused("a union without variants", "no value could ever be given")
    return typing.Union[variants]  # noqa: UP007 - built from data


def _blob(literal_type: Any) -> Any:
    blob = literal_type.blob
    if blob.format == PICKLE_FORMAT:
        name = struct_plain(literal_type.metadata).get("python_class_name", "an unnamed class")
        raise refused(f"a pickle of {name}", "only a type for which pickle is opted in reads one")
    if blob.format == "jsonl" and struct_plain(literal_type.metadata).get("format") == "json iterator":
        return typing.Iterator[JSON]
    base: Any = FlyteDirectory if blob.dimensionality == _MULTIPART else FlyteFile
    return base[blob.format] if blob.format else base


def _columns(columns: Any) -> collections.OrderedDict[str, Any]:
    return collections.OrderedDict((column.name, guess_python_type(column.literal_type)) for column in columns)


def _dataset(literal_type: Any) -> Any:
    dataset = literal_type.structured_dataset_type
    notes = (*((_columns(dataset.columns),) if dataset.columns else ()), *((dataset.format,) if dataset.format else ()))
    return Annotated[(StructuredDataset, *notes)] if notes else StructuredDataset  # pyright: ignore[reportInvalidTypeForm] - built from data


def _schema(literal_type: Any) -> Any:
    kinds = type(literal_type.schema).SchemaColumn.SchemaColumnType
    columns = {column.name: _COLUMNS[kinds.Name(column.type)] for column in literal_type.schema.columns}
    return FlyteSchema[columns] if columns else FlyteSchema


_READERS: Mapping[str | None, Callable[[Any], Any]] = {
    "simple": _simple,
    "enum_type": _enum,
    "collection_type": _collection,
    "map_value_type": _map,
    "union_type": _union,
    "blob": _blob,
    "structured_dataset_type": _dataset,
    "schema": _schema,
}
