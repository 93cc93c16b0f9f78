"""pyarrow: tables, record batches and readers of them as parquet, where flytekit writes them, or in Arrow's own format.

A reader is read and written batch by batch.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from literals import attempt, pb
from typeengine.builtin.dataframe_codecs import ROWS
from typeengine.builtin.structured_dataset import ARROW, PARQUET
from typeengine.contrib.arrow_ipc import read_batches, read_ipc, write_ipc
from typeengine.contrib.arrow_parquet import column_kinds, read_table
from typeengine.contrib.declared_columns import check_columns
from typeengine.contrib.frame_files import (
    FrameDecoder,
    FrameEncoder,
    as_read,
    as_written,
    check_distinct,
    not_kept,
    register,
)
from typeengine.contrib.parquet import PART, Parts, kept_parts, parts_at_hand
from typeengine.contrib.parquet_encodings import layout, write_table
from typeengine.errors import TypeTransformerFailedError


class FromArrow(FrameEncoder["pa.Table | pa.RecordBatch | pa.RecordBatchReader"]):
    """One file in a folder of its own, as Parquet or in Arrow's own format."""

    def __init__(self, kind: type, file_format: str) -> None:
        super().__init__(kind, None, file_format)

    def write(
        self, frame: pa.Table | pa.RecordBatch | pa.RecordBatchReader, folder: Path, declared: pb.StructuredDatasetType
    ) -> None:
        """Write the table, the batch, or what a reader gives."""
        check_columns(declared, frame.schema.names, column_kinds(frame.schema))
        check_distinct(frame.schema.names)
        (_write if self.supported_format == PARQUET else _write_ipc)(frame, folder / PART)


class ToArrow(FrameDecoder):
    """Reads what any of the writers of its format wrote."""

    def __init__(self, kind: type, file_format: str) -> None:
        super().__init__(kind, None, file_format)

    def read(self, uri: str, columns: list[str] | None) -> Any:
        """Read the table, with the wanted columns only; a reader reads nothing yet."""
        is_parquet = self.supported_format == PARQUET
        stream, whole, word = (
            (_reader, read_table, "Parquet") if is_parquet else (read_batches, read_ipc, "an Arrow file")
        )
        if self.python_type is pa.RecordBatchReader:
            return as_read(attempt(stream, kept_parts(uri), columns), uri, word)
        with parts_at_hand(uri, columns) as parts:
            table = as_read(attempt(whole, parts, columns), uri, word)
        return _one_batch(table) if self.python_type is pa.RecordBatch else table


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
    made = attempt(_written, data, path)
    rows = as_written(made, "table", "parquet", expected="columns of types that Parquet has")
    found = pq.read_schema(path)
    for one, other in zip(data.schema, found, strict=True):
        if one != other:
            raise not_kept("a parquet file", one.name, one.type, f"{other.type} when read back")
    _check_rows(data.schema, rows, "a parquet file", "add a column, or use an Arrow file in memory")


def _write_ipc(data: pa.Table | pa.RecordBatch | pa.RecordBatchReader, path: Path) -> None:
    """Write Arrow's own file, which holds any table but one whose columns have one name."""
    rows = as_written(attempt(write_ipc, data, path), "table", "an Arrow file")
    _check_rows(data.schema, rows, "an Arrow file", "add a column")


def _check_rows(schema: pa.Schema, rows: int, word: str, fix: str) -> None:
    if not schema.names and rows:
        raise TypeTransformerFailedError(
            f"{word} does not keep the rows of a table without columns",
            expected="a column, or no rows",
            got=f"{rows} rows",
            fix=fix,
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


for _kind in (pa.Table, pa.RecordBatch, pa.RecordBatchReader):
    register(FromArrow(_kind, PARQUET), ToArrow(_kind, PARQUET), is_default=True)
    register(FromArrow(_kind, ARROW), ToArrow(_kind, ARROW))

__all__ = ["ROWS"]
