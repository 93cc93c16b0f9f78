"""polars: frames and lazy frames as parquet, where flytekit's plug-in writes them, or in Arrow's own format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO

import polars as pl

from literals import CallResult, attempt, class_of, pb
from typeengine.builtin.dataframe_codecs import ROWS
from typeengine.builtin.structured_dataset import ARROW, PARQUET
from typeengine.contrib.declared_columns import ANY, LIST, MAP, check_columns
from typeengine.contrib.frame_files import FrameDecoder, FrameEncoder, as_read, as_written, not_kept, register
from typeengine.contrib.parquet import PART, Parts, kept_parts, parts_at_hand
from typeengine.contrib.polars_csv import CSVToPolars, PolarsToCSV


class FromPolars(FrameEncoder["pl.DataFrame | pl.LazyFrame"]):
    """One file in a folder of its own; a lazy frame is computed piece by piece while it is written."""

    def __init__(self, kind: type, file_format: str) -> None:
        super().__init__(kind, None, file_format)

    def write(self, frame: pl.DataFrame | pl.LazyFrame, folder: Path, declared: pb.StructuredDatasetType) -> None:
        """Write the frame."""
        made = attempt(frame.collect_schema) if declared.columns else None
        if made is not None and made.error is None:
            schema = made.unwrap()
            check_columns(declared, schema.names(), {name: _word_of(kind) for name, kind in schema.items()})
        (write_parquet if self.supported_format == PARQUET else write_ipc)(frame, folder / PART)


class ToPolars(FrameDecoder):
    """Reads what any of the writers of its format wrote."""

    def __init__(self, kind: type, file_format: str) -> None:
        super().__init__(kind, None, file_format)

    def read(self, uri: str, columns: list[str] | None) -> pl.DataFrame | pl.LazyFrame:
        """Read the frame, with the wanted columns only; a lazy one reads nothing yet."""
        is_parquet = self.supported_format == PARQUET
        scan, read = (_scan, _read) if is_parquet else (_scan_ipc, _read_ipc)
        word = "Parquet" if is_parquet else "an Arrow file"
        if self.python_type is pl.LazyFrame:
            return as_read(attempt(scan, kept_parts(uri), columns), uri, word)
        with parts_at_hand(uri, columns) as parts:
            return as_read(attempt(read, parts, columns), uri, word)


_WORDS: Mapping[object, str] = {
    **dict.fromkeys((pl.String, pl.Categorical, pl.Enum), "STRING"),
    pl.Boolean: "BOOLEAN",
    **dict.fromkeys((pl.Datetime, pl.Date), "DATETIME"),
    pl.Duration: "DURATION",
    **dict.fromkeys((pl.List, pl.Array), LIST),
    pl.Struct: MAP,
}


def _word_of(kind: pl.DataType) -> str:
    if kind.is_integer():
        return "INTEGER"
    if kind.is_float() or kind.is_decimal():
        return "FLOAT"
    return _WORDS.get(kind if isinstance(kind, type) else class_of(kind), ANY)


def _read(parts: Parts, columns: list[str] | None) -> pl.DataFrame:
    if parts.stream is not None:
        return pl.read_parquet(parts.stream, columns=columns)
    return pl.read_parquet(parts.files, columns=columns, hive_partitioning=parts.is_hive)


def _scan(parts: Parts, columns: list[str] | None) -> pl.LazyFrame:
    frame = pl.scan_parquet(parts.files, hive_partitioning=parts.is_hive)
    frame.collect_schema()  # what is not Parquet is found here
    return frame.select(columns) if columns is not None else frame


def _read_ipc(parts: Parts, columns: list[str] | None) -> pl.DataFrame:
    if parts.stream is not None:
        return pl.read_ipc(parts.stream, columns=columns)
    return pl.concat([pl.read_ipc(file, columns=columns) for file in parts.files])


def _scan_ipc(parts: Parts, columns: list[str] | None) -> pl.LazyFrame:
    frame = pl.scan_ipc(parts.files)
    frame.collect_schema()  # what is not an Arrow file is found here
    return frame.select(columns) if columns is not None else frame


def write_ipc(frame: pl.DataFrame | pl.LazyFrame, target: Path) -> None:
    """Write Arrow's own file that holds the frame as it is, in types that every reader of Arrow knows.

    Raises:
        TypeTransformerFailedError: a column that it does not hold, or what computing it raised.
    """
    _check_written(attempt(_write_ipc, frame, target), lambda: pl.read_ipc_schema(target), "an Arrow file")


def _write_ipc(frame: pl.DataFrame | pl.LazyFrame, target: Path) -> pl.Schema:
    if isinstance(frame, pl.LazyFrame):
        schema = frame.collect_schema()
        frame.sink_ipc(target, compat_level=pl.CompatLevel.oldest())
        return schema
    frame.write_ipc(target, compat_level=pl.CompatLevel.oldest())
    return frame.schema


def write_parquet(frame: pl.DataFrame | pl.LazyFrame, target: Path | BinaryIO) -> None:
    """Write a parquet file that holds the frame as it is; a lazy frame is computed piece by piece.

    Raises:
        TypeTransformerFailedError: a column that it does not hold, or what computing it raised.
    """
    made = attempt(_write, frame, target)
    _check_written(made, lambda: pl.read_parquet_schema(_written(target)), "a parquet file")


def _check_written(made: CallResult[pl.Schema], read: Callable[[], Mapping[str, pl.DataType]], word: str) -> None:
    """Hold the types of the columns that were written against those that are read back."""
    schema = as_written(made, "frame", word)
    found = read()
    for name, kind in schema.items():
        if found.get(name) != kind:
            raise not_kept(word, name, kind, f"{found.get(name)} when read back")


def _written(target: Path | BinaryIO) -> Path | BinaryIO:
    """What reads what was written: the file itself, by its name where it is open for writing only."""
    if isinstance(target, Path):
        return target
    target.flush()
    if not target.readable():
        return Path(target.name)
    target.seek(0)
    return target


def _write(frame: pl.DataFrame | pl.LazyFrame, target: Path | BinaryIO) -> pl.Schema:
    if isinstance(frame, pl.LazyFrame):
        schema = frame.collect_schema()
        frame.sink_parquet(target)
        return schema
    frame.write_parquet(target)
    return frame.schema


for _kind in (pl.DataFrame, pl.LazyFrame):
    register(FromPolars(_kind, PARQUET), ToPolars(_kind, PARQUET), is_default=True)
    register(FromPolars(_kind, ARROW), ToPolars(_kind, ARROW))

__all__ = ["ROWS", "CSVToPolars", "PolarsToCSV"]
