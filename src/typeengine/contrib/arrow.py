"""pyarrow: tables, record batches and readers of them as parquet, where flytekit writes them, or in Arrow's own format.

A reader is read and written batch by batch.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from literals import CallResult, attempt, pb, preview
from typeengine.builtin.dataframe_codecs import ROWS
from typeengine.builtin.structured_dataset import (
    ARROW,
    PARQUET,
    StructuredDataset,
    StructuredDatasetDecoder,
    StructuredDatasetEncoder,
    StructuredDatasetTransformerEngine,
    column_names,
)
from typeengine.contrib.arrow_ipc import read_batches, read_ipc, write_ipc
from typeengine.contrib.arrow_parquet import column_kinds, read_table
from typeengine.contrib.declared_columns import check_columns
from typeengine.contrib.parquet import Parts, keep_part, kept_parts, parts_at_hand
from typeengine.contrib.parquet_encodings import layout, write_table
from typeengine.errors import TypeTransformerFailedError, reason_of

T = TypeVar("T")


class FromArrow(StructuredDatasetEncoder):
    """One file in a folder of its own, as Parquet or in Arrow's own format."""

    def __init__(self, kind: type, file_format: str) -> None:
        super().__init__(kind, None, file_format)

    def encode(
        self, ctx: object, structured_dataset: StructuredDataset, structured_dataset_type: pb.StructuredDatasetType
    ) -> pb.StructuredDataset:
        """Write the table, the batch, or what a reader gives; give its message."""
        del ctx
        data = structured_dataset.dataframe
        check_columns(structured_dataset_type, data.schema.names, column_kinds(data.schema))
        write = _write if self.supported_format == PARQUET else _write_ipc
        uri = keep_part(lambda path: write(data, path), structured_dataset.uri)
        message = pb.StructuredDataset(uri=uri)
        message.metadata.structured_dataset_type.CopyFrom(structured_dataset_type)
        return message


class ToArrow(StructuredDatasetDecoder):
    """Reads what any of the writers of its format wrote."""

    def __init__(self, kind: type, file_format: str) -> None:
        super().__init__(kind, None, file_format)

    def decode(
        self, ctx: object, flyte_value: pb.StructuredDataset, current_task_metadata: pb.StructuredDatasetMetadata
    ) -> Any:
        """Read the table, with the wanted columns only; a reader reads nothing yet."""
        del ctx
        columns, uri = column_names(current_task_metadata), flyte_value.uri
        stream, whole = (_reader, read_table) if self.supported_format == PARQUET else (read_batches, read_ipc)
        if self.python_type is pa.RecordBatchReader:
            return _read(attempt(stream, kept_parts(uri), columns), uri, self.supported_format)
        with parts_at_hand(uri, columns) as parts:
            table = _read(attempt(whole, parts, columns), uri, self.supported_format)
        return _one_batch(table) if self.python_type is pa.RecordBatch else table


def _read(made: CallResult[T], uri: str, file_format: str) -> T:
    if isinstance(made.error, TypeTransformerFailedError):
        raise made.error
    if made.error is not None:
        word = "Parquet" if file_format == PARQUET else "an Arrow file"
        raise TypeTransformerFailedError(
            f"the data is not {word}",
            where=uri,
            expected=word,
            got=reason_of(made.error),
            fix="check that the file is complete, and of the dataset's format",
        ) from made.error
    return made.unwrap()


def _reader(parts: Parts, columns: list[str] | None) -> pa.RecordBatchReader:
    files = [pq.ParquetFile(file) for file in parts.files]
    schema = files[0].schema_arrow
    if columns is not None:
        schema = pa.schema([schema.field(name) for name in columns])

    def batches() -> Iterator[pa.RecordBatch]:
        for file in files:
            yield from file.iter_batches(columns=columns)

    return pa.RecordBatchReader.from_batches(schema, batches())


def _one_batch(table: pa.Table) -> pa.RecordBatch:
    batches = table.combine_chunks().to_batches()
    return batches[0] if batches else pa.RecordBatch.from_pylist([], schema=table.schema)


def _write(data: pa.Table | pa.RecordBatch | pa.RecordBatchReader, path: Path) -> None:
    """Write a parquet file that holds the data as they are; data that it does not hold are refused."""
    _check_names(data.schema.names)
    made = attempt(_written, data, path)
    if made.error is not None:
        raise TypeTransformerFailedError(
            "the table cannot be written as parquet",
            expected="columns of types that Parquet has",
            got=reason_of(made.error),
            fix="cast the column to another type",
        ) from made.error
    found = pq.read_schema(path)
    for one, other in zip(data.schema, found, strict=True):
        if one != other:
            raise TypeTransformerFailedError(
                "a parquet file does not keep this column",
                where=f"column {preview(one.name)}",
                expected=str(one.type),
                got=f"{other.type} when read back",
                fix="cast the column to another type",
            )
    if not data.schema.names and (rows := made.unwrap()):
        raise TypeTransformerFailedError(
            "a parquet file does not keep the rows of a table without columns",
            expected="a column, or no rows",
            got=f"{rows} rows",
            fix="add a column, or use an Arrow file in memory",
        )


def _write_ipc(data: pa.Table | pa.RecordBatch | pa.RecordBatchReader, path: Path) -> None:
    """Write Arrow's own file, which holds any table but one whose columns have one name."""
    _check_names(data.schema.names)
    made = attempt(write_ipc, data, path)
    if made.error is not None:
        raise TypeTransformerFailedError(
            "the table cannot be written as an Arrow file",
            expected="columns of types that an Arrow file has",
            got=reason_of(made.error),
            fix="cast the column to another type",
        ) from made.error
    if not data.schema.names and (rows := made.unwrap()):
        raise TypeTransformerFailedError(
            "an Arrow file does not keep the rows of a table without columns",
            expected="a column, or no rows",
            got=f"{rows} rows",
            fix="add a column",
        )


def _check_names(names: list[str]) -> None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise TypeTransformerFailedError(
            "two columns have one name",
            where=f"column {preview(twice)}",
            expected="a name for each column",
            got=f"two columns named {preview(twice)}",
            fix="rename one of them",
        )


def _written(data: pa.Table | pa.RecordBatch | pa.RecordBatchReader, path: Path) -> int:
    """Write the data, and give the number of rows."""
    if isinstance(data, pa.RecordBatchReader):
        first = next(data, None)  # which says what the columns are like
        batches = itertools.chain([] if first is None else [first], data)
        rows = 0
        with pq.ParquetWriter(
            path, data.schema, **layout(pa.Table.from_batches([first] if first else [], data.schema))
        ) as writer:
            for batch in batches:
                writer.write_batch(batch)
                rows += batch.num_rows
        return rows
    table = pa.Table.from_batches([data]) if isinstance(data, pa.RecordBatch) else data
    write_table(table, path)
    return table.num_rows


_register = StructuredDatasetTransformerEngine.register
for _kind in (pa.Table, pa.RecordBatch, pa.RecordBatchReader):
    _register(FromArrow(_kind, PARQUET), default_format_for_type=True, override=True)
    _register(ToArrow(_kind, PARQUET), default_format_for_type=True, override=True)
    _register(FromArrow(_kind, ARROW), override=True)
    _register(ToArrow(_kind, ARROW), override=True)

__all__ = ["ROWS"]
