"""Structured datasets as flytekit's programs handle them: the engine as an object, and names for what is there from the start."""

from __future__ import annotations

import datetime as dt
from importlib import import_module
from typing import Annotated, Any, TypeAlias, get_args, get_origin

from drawloom.context import FlyteContext
from literals import pb
from typeengine import StructuredDataset, TypeEngine
from typeengine import StructuredDatasetTransformerEngine as Handlers

StructuredDatasetFormat: TypeAlias = str
"""A format of tables, by name."""
GENERIC_FORMAT = ""
GENERIC_PROTOCOL = "fsspec"
DuplicateHandlerError = ValueError
"""What a second handler for one type, scheme and format raises."""


class StructuredDatasetTransformerEngine(Handlers):
    """The handlers, and an object that converts with them, for plug-ins that keep one.

    A type that has no handlers of its own is a dataset without a format or columns, as in flytekit.
    """

    def get_literal_type(self, t: object) -> pb.LiteralType:
        """The literal type of a frame, a dataset, or another type that is stored as one."""
        base = get_args(t)[0] if get_origin(t) is Annotated else t
        is_ours = base is StructuredDataset or base in Handlers.ENCODERS or base in Handlers.DECODERS
        return TypeEngine.to_literal_type(t if is_ours else StructuredDataset)

    def to_literal(
        self, ctx: FlyteContext, python_val: Any, python_type: object, expected: pb.LiteralType
    ) -> pb.Literal:
        """The literal of a frame or dataset, which is written where raw data goes."""
        return TypeEngine.to_literal(ctx, python_val, python_type, expected)

    def to_python_value(self, ctx: FlyteContext, lv: pb.Literal, expected_python_type: object) -> Any:
        """The frame or dataset that a literal names."""
        return TypeEngine.to_python_value(ctx, lv, expected_python_type)


def get_supported_types() -> dict[Any, Any]:
    """The types of columns that numpy's and Python's types stand for, as literal types."""
    np: Any = import_module("numpy")
    simple = pb.SimpleType
    columns = {
        simple.INTEGER: (np.int32, np.int64, np.uint32, np.uint64, int),
        simple.FLOAT: (np.float32, np.float64, float),
        simple.BOOLEAN: (np.bool_, bool),
        simple.DATETIME: (np.datetime64, dt.datetime),
        simple.DURATION: (np.timedelta64, dt.timedelta),
        simple.STRING: (np.bytes_, np.str_, np.object_, str),
    }
    return {python: pb.LiteralType(simple=kind) for kind, types in columns.items() for python in types}


def register_csv_handlers() -> None:
    """CSV for pandas: there already."""


def register_pandas_handlers() -> None:
    """Parquet for pandas: there already."""


def register_arrow_handlers() -> None:
    """Parquet for Arrow: there already."""
