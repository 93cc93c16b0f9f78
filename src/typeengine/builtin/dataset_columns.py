"""The columns that a dataset declares, as the message that says so."""

from __future__ import annotations

import collections
import datetime as dt
import typing
from collections.abc import Mapping
from dataclasses import is_dataclass
from typing import Any

from literals import class_of, path, pb
from typeengine.builtin.structured_dataset import GENERIC_FORMAT
from typeengine.errors import TypeTransformerFailedError, unsupported

_COLUMN_TYPES: Mapping[Any, str] = {
    int: "INTEGER",
    float: "FLOAT",
    str: "STRING",
    bool: "BOOLEAN",
    dt.datetime: "DATETIME",
    dt.timedelta: "DURATION",
}
_NUMPY_BASES: Mapping[str, str] = {
    "timedelta64": "DURATION",
    "datetime64": "DATETIME",
    "bool": "BOOLEAN",
    "bool_": "BOOLEAN",
    "integer": "INTEGER",
    "floating": "FLOAT",
    "str_": "STRING",
    "object_": "STRING",
}
"""Base classes of numpy's scalar types, the narrower first (timedelta64 is an integer); numpy itself is not needed."""


def column_type(hint: Any) -> Any:
    """The literal type of a column.

    Raises:
        UnsupportedTypeError: not a scalar, list or dict of such.
    """
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is list and args:
        return pb.LiteralType(collection_type=column_type(args[0]))
    if origin is dict and len(args) > 1:
        return pb.LiteralType(map_value_type=column_type(args[1]))
    name = _COLUMN_TYPES.get(hint)
    if name is None and isinstance(hint, type) and hint.__module__ == "numpy":
        name = _numpy_name(hint)
    if name is None:
        raise unsupported(
            "a dataset has no column of this type",
            hint,
            fix="use int, float, str, bool, datetime, timedelta, or lists and dicts of them",
        )
    return pb.LiteralType(simple=pb.SimpleType.Value(name))


def _numpy_name(hint: type) -> str | None:
    """The simple type of a numpy scalar class, from the names of its base classes."""
    names = {base.__name__ for base in hint.__mro__}
    return next((simple for base, simple in _NUMPY_BASES.items() if base in names), None)


def dataset_type(columns: Mapping[str, Any] | None, file_format: str, arrow: Any) -> pb.StructuredDatasetType:
    """The type of a dataset with these columns, in this format.

    Raises:
        UnsupportedTypeError: a column is of a type that no dataset has; `where` is the column.
    """
    message = pb.StructuredDatasetType(format=file_format)
    for name, hint in flat_columns(columns or {}).items():
        try:
            message.columns.add(name=name, literal_type=column_type(hint))
        except TypeTransformerFailedError as error:  # noqa: PERF203 - the path is added where an element fails
            raise error.at(path.at_key(name)) from error.__cause__
    if arrow is not None:
        message.external_schema_type = "arrow"
        message.external_schema_bytes = arrow.to_string().encode()
    return message


def dataset_options(hint: Any) -> tuple[Any, Mapping[str, Any] | None, str, Any]:
    """The frame type, columns, format and Arrow schema of a hint.

    Raises:
        ValueError: two formats, two sets of columns, or two Arrow schemas.
    """
    if not hasattr(hint, "__metadata__"):
        return hint, None, GENERIC_FORMAT, None
    base, *notes = typing.get_args(hint)
    columns: Mapping[str, Any] | None = None
    file_format, arrow = GENERIC_FORMAT, None
    for note in notes:
        declared = _columns_of(note)
        if declared is not None:
            if columns is not None:
                raise ValueError(f"the columns of {base.__name__} are declared twice")
            columns = declared
        elif isinstance(note, str):
            if file_format:
                raise ValueError(f"the format of {base.__name__} is declared twice: {file_format!r} and {note!r}")
            file_format = note
        elif type(note).__module__.startswith("pyarrow") and type(note).__name__ == "Schema":
            if arrow is not None:
                raise ValueError(f"the Arrow schema of {base.__name__} is declared twice")
            arrow = note
    return base, columns, file_format, arrow


def _columns_of(note: Any) -> Mapping[str, Any] | None:
    """The columns that a note declares: a dict, or a class with annotations; None for any other note."""
    if issubclass(class_of(note), dict):
        return note
    is_class = is_dataclass(note) or hasattr(note, "__annotations__")
    return collections.OrderedDict(typing.get_type_hints(note)) if is_class else None


def flat_columns(columns: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested columns with their names joined by dots."""
    result: dict[str, Any] = {}
    for name, hint in columns.items():
        inner = hint
        if isinstance(hint, type) and is_dataclass(hint):
            inner = typing.get_type_hints(hint)
        if issubclass(class_of(inner), dict):
            result.update(flat_columns(inner, f"{prefix}{name}."))
        else:
            result[f"{prefix}{name}"] = hint
    return result
