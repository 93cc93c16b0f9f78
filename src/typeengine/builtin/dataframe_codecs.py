"""Codecs of StructuredDataset and of the data frame types of pandas, pyarrow and polars.

Wire: `structured_dataset_type{columns, format, Arrow schema text}` and `scalar.structured_dataset{uri, metadata}`; inside
structs `{"uri", "file_format"}`. Columns, format and schema come from Annotated, as flytekit reads them. One difference:
a bare frame is written in the declared format.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Annotated, Any

from literals import pb, preview
from typeengine.builtin.dataset_columns import dataset_options, dataset_type
from typeengine.builtin.flyte2_files import HashFunction
from typeengine.builtin.flyte2_frame import DataFrame, hash_of_frame
from typeengine.builtin.structured_dataset import (
    GENERIC_FORMAT,
    PARQUET,
    StructuredDataset,
    StructuredDatasetTransformerEngine,
    load_library,
    read_frame,
    write_frame,
    written_dataset,
)
from typeengine.codec import Codec, Plain, SchemaContext
from typeengine.errors import unsupported, wrong_literal, wrong_value
from typeengine.hints.forms import Form
from typeengine.registry import CodecRow
from typeengine.wire.foreign_literals import foreign

_SCHEMA_NUMBERS = ("INTEGER", "FLOAT", "STRING", "BOOLEAN", "DATETIME", "DURATION")
"""Names of SchemaColumnType, in the order of their numbers."""


def dataset_codec(form: Form, engine: Any) -> Codec:  # noqa: C901 - one closure for each of a codec's functions
    """StructuredDataset, or a frame type, with the columns and format of its notes."""
    del engine
    kind: Any = form.origin
    hint: Any = Annotated[(kind, *(note.value for note in form.notes))] if form.notes else kind  # pyright: ignore[reportInvalidTypeForm] - rebuilt from data
    try:
        _, columns, file_format, arrow = dataset_options(hint)
    except ValueError as error:
        raise unsupported(str(error), hint, fix="declare it once") from error
    is_dataset = _is_dataset(kind)
    if not is_dataset:
        _check_class(kind, hint)

    declared = functools.partial(dataset_type, columns, file_format, arrow)
    declared()

    def make_type(_: Any) -> Any:
        literal_type = pb.LiteralType()
        literal_type.structured_dataset_type.CopyFrom(declared())
        return literal_type

    def written(value: Any) -> Any:
        if is_dataset or isinstance(value, StructuredDataset):
            if not isinstance(value, StructuredDataset):
                raise wrong_value("a StructuredDataset", value, fix="wrap the frame: StructuredDataset(dataframe=df)")
            return written_dataset(value, declared())
        _check_value(value, kind)
        return write_frame(StructuredDataset(dataframe=value), kind, declared())

    hashed = next((note.value for note in form.notes if isinstance(note.value, HashFunction)), None)

    def encode(value: Any) -> bytes:
        literal = pb.Literal()
        literal.scalar.structured_dataset.CopyFrom(written(value))
        literal.hash = _hash_of(value, hashed)
        return literal.SerializeToString(deterministic=True)

    def decoded(message: Any) -> Any:
        wanted = _wanted(message, columns)
        if not is_dataset:
            return read_frame(message, kind, wanted)
        result = kind(uri=message.uri, metadata=wanted, file_format=wanted.structured_dataset_type.format)
        result.remember(message)
        return result

    def read(literal: pb.Literal) -> Any:
        holds = literal.scalar.WhichOneof("value")
        if holds == "structured_dataset":
            return _with_hash(decoded(literal.scalar.structured_dataset), literal.hash)
        if holds == "schema":
            return decoded(_of_schema(literal.scalar.schema))
        return foreign(literal, read, from_plain, "a dataset")

    def to_plain(value: Any) -> Plain:
        message = written(value)
        return {"uri": message.uri, "file_format": message.metadata.structured_dataset_type.format}

    def from_plain(tree: Plain) -> Any:
        uri = tree.get("uri") if isinstance(tree, dict) else None
        stored = (tree.get("file_format") or GENERIC_FORMAT) if isinstance(tree, dict) else None
        if not isinstance(uri, str) or not isinstance(stored, str):
            raise wrong_literal("a dataset with an address", preview(tree))
        message = pb.StructuredDataset(uri=uri)
        message.metadata.structured_dataset_type.format = stored
        return decoded(message)

    return Codec(
        form,
        tag="StructuredDataset Transformer",
        make_type=make_type,
        make_schema=_schema,
        encode=encode,
        read=read,
        to_plain=to_plain,
        from_plain=from_plain,
        accepts=lambda value: isinstance(value, (kind, StructuredDataset)),
        classes=(kind,),
    )


def _is_dataset(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, StructuredDataset)


def _check_class(kind: type, hint: object) -> None:
    """Refuse a class that no handlers are registered for: what it derives from would come back."""
    load_library(kind)
    if not StructuredDatasetTransformerEngine.handles(kind):
        raise unsupported(
            "the class of the frame would be lost",
            hint,
            fix="declare the class that it derives from, or register handlers for it: "
            "StructuredDatasetTransformerEngine.register",
        )


def _check_value(value: object, kind: type) -> None:
    """Refuse a value that is not exactly of the frame's class: it would come back as one."""
    expected = f"a {kind.__module__.partition('.')[0]} {kind.__name__}"
    if not isinstance(value, kind):
        raise wrong_value(expected, value)
    if type(value) is not kind:
        raise wrong_value(
            f"{expected}, and of no derived class, which would be lost",
            value,
            fix=f"declare {type(value).__name__}, or convert it: {kind.__name__}(value)",
        )


def _hash_of(value: object, method: HashFunction | None) -> str:
    """The content hash that travels: the one a DataFrame has, else what the hint's function gives for the frame."""
    known = value.hash if isinstance(value, DataFrame) else None
    return known or hash_of_frame(method, value.dataframe if isinstance(value, StructuredDataset) else value)


def _with_hash(value: Any, digest: str) -> Any:
    if isinstance(value, DataFrame):
        value.hash = digest or None
    return value


def _schema(_: SchemaContext) -> dict[str, Any]:
    text = {"anyOf": [{"type": "string"}, {"type": "null"}]}
    return {
        "type": "object",
        "title": "StructuredDataset",
        "properties": {"uri": {**text, "default": None}, "file_format": {**text, "default": ""}},
        "additionalProperties": False,
    }


def _wanted(message: Any, columns: Mapping[str, Any] | None) -> Any:
    """Metadata for reading: the declared columns, else those of the literal; the rest is the literal's."""
    metadata = pb.StructuredDatasetMetadata()
    metadata.structured_dataset_type.CopyFrom(message.metadata.structured_dataset_type)
    if columns:
        del metadata.structured_dataset_type.columns[:]
        metadata.structured_dataset_type.columns.extend(dataset_type(columns, "", None).columns)
    return metadata


def _of_schema(schema: Any) -> Any:
    """A FlyteSchema literal as a dataset: always parquet."""
    message = pb.StructuredDataset(uri=schema.uri)
    declared = message.metadata.structured_dataset_type
    declared.format = PARQUET
    for column in schema.type.columns:
        number: int = column.type
        name = _SCHEMA_NUMBERS[number] if number < len(_SCHEMA_NUMBERS) else "NONE"
        declared.columns.add(name=column.name, literal_type=pb.LiteralType(simple=pb.SimpleType.Value(name)))
    return message


FRAMES = frozenset(
    {
        "pandas.DataFrame", "geopandas.GeoDataFrame", "pyarrow.Table", "pyarrow.RecordBatch", "pyarrow.RecordBatchReader", "polars.DataFrame",
        "polars.LazyFrame", "_duckdb.DuckDBPyRelation", "duckdb.DuckDBPyRelation",
    }
)  # fmt: skip
"""Frame types by library and class name."""


def is_frame(form: Form) -> bool:
    """Whether a form is a dataset, a frame of a library that is known here (told without importing any), or has handlers."""
    cls = form.cls
    if cls is None:
        return False
    return StructuredDatasetTransformerEngine.handles(cls) or any(
        base is StructuredDataset or f"{base.__module__.partition('.')[0]}.{base.__name__}" in FRAMES
        for base in cls.__mro__
    )


ROWS: tuple[CodecRow, ...] = (CodecRow("StructuredDataset, data frames", is_frame, dataset_codec),)
