"""pandas frames as a file of an Arrow table and back, equal to the last cell or refused with the column's name.

A parquet file is what `DataFrame.to_parquet` writes, pandas' own metadata included, so that every reader of parquet takes it. Four
things that pandas does not restore from it are restored here: the rows of a frame without columns, the dtype of a
categorical column without categories, and, as notes in the metadata say, lists in cells and texts of dtype `object`.

What else a file cannot hold is found by reading back: the first rows for the dtypes, the names and the index, and whole
columns of objects, since only their cells say what they are.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from literals import CallResult, attempt, class_of, pb, preview
from typeengine.contrib.arrow_parquet import column_kinds
from typeengine.contrib.declared_columns import check_columns
from typeengine.contrib.frame_files import as_written, check_distinct
from typeengine.contrib.parquet_encodings import write_table
from typeengine.errors import TypeTransformerFailedError

_LISTS = b"drawloom.lists"
"""Key in the file's metadata: the names of the columns whose cells are lists, as a JSON array."""
_OBJECTS = b"drawloom.objects"
"""Key in the file's metadata: the columns of texts whose dtype is `object`, which pandas 3 reads as `str`.

A JSON array of [name, whether a missing cell is NaN, and not None]."""
_FIRST_ROWS = 3
_TEXTS, _TEXTS_AND_NAN = frozenset({str, type(None)}), frozenset({str, float})
_WAY_OUT = "convert it before, or reset what cannot be kept (reset_index, astype)"


@final
@dataclass(frozen=True)
class TableFile:
    """A format of files of Arrow tables: its `name` in errors, and what writes a table to a file and reads one from a stream."""

    name: str
    write: Callable[[pa.Table, Path | BinaryIO], object]
    read: Callable[[BinaryIO], pa.Table]


PARQUET_FILE = TableFile(
    "a parquet file",
    write_table,
    lambda stream: pq.ParquetFile(stream).read(use_threads=False, use_pandas_metadata=True),
)


def to_parquet(frame: pd.DataFrame, target: Path | BinaryIO, declared: pb.StructuredDatasetType | None = None) -> None:
    """`to_file` as parquet."""
    to_file(frame, target, PARQUET_FILE, declared)


def to_file(
    frame: pd.DataFrame, target: Path | BinaryIO, kept: TableFile, declared: pb.StructuredDatasetType | None = None
) -> None:
    """Write a file from which `from_table` reads an equal frame. `declared`: the columns that it should have.

    Raises:
        TypeTransformerFailedError: a file cannot hold the frame, or it would not come back equal; `where` is the column.
    """
    check_keeps(frame, kept)
    _write(frame, target, kept, declared)


def check_keeps(frame: pd.DataFrame, kept: TableFile) -> None:
    """Refuse a frame that a file would not give back equal.

    Raises:
        TypeTransformerFailedError: what differs; `where` is the column.
    """
    check_distinct(frame.columns)
    objects = [
        position
        for position, dtype in enumerate(frame.dtypes)
        if pd.api.types.is_object_dtype(dtype) and not _TEXTS.issuperset(map(type, frame.iloc[:, position]))
    ]
    _check_same(frame.iloc[:_FIRST_ROWS], [], kept)
    if objects:
        _check_same(frame.iloc[:, objects], list(range(len(objects))), kept)


def from_table(table: pa.Table) -> pd.DataFrame:
    """The frame that was written, from what was read of its file."""
    frame = table.to_pandas()
    metadata: dict[bytes, bytes] = table.schema.metadata or {}
    described: dict[str, Any] = json.loads(metadata.get(b"pandas", b"{}"))
    if not len(frame.columns) and not len(frame):
        frame = _with_rows(frame, described)
    for column in described.get("columns", ()):
        name = column["name"]
        if column["pandas_type"] == "categorical" and name in frame and not len(frame[name].dropna()):
            about: dict[str, Any] = column["metadata"] or {}
            ordered = bool(about.get("ordered"))
            if not isinstance(frame[name].dtype, pd.CategoricalDtype):
                frame[name] = frame[name].astype(pd.CategoricalDtype(ordered=ordered))
    for name in json.loads(metadata.get(_LISTS, b"[]")):
        if name in frame:
            frame[name] = pd.Series([_as_list(cell) for cell in frame[name]], index=frame.index, dtype=object)
    for name, is_nan in json.loads(metadata.get(_OBJECTS, b"[]")):
        if name in frame and not pd.api.types.is_object_dtype(frame[name].dtype):
            cells = frame[name].astype(object)
            frame[name] = cells.where(cells.notna(), float("nan") if is_nan else None)
    return frame


def _write(
    frame: pd.DataFrame, target: Path | BinaryIO, kept: TableFile, declared: pb.StructuredDatasetType | None = None
) -> None:
    made: CallResult[Any] = attempt(_table_of, frame)
    if made.error is None:
        if declared is not None:
            check_columns(declared, map(str, frame.columns), column_kinds(made.unwrap().schema))
        made = attempt(kept.write, made.unwrap(), target)
    as_written(made, "frame", kept.name, expected=f"a frame that {kept.name} can hold", fix=_WAY_OUT)


def _table_of(frame: pd.DataFrame) -> pa.Table:
    table = pa.Table.from_pandas(frame)
    lists: list[Any] = []
    texts: list[tuple[Any, bool]] = []
    for name, column in frame.items():
        if pd.api.types.is_object_dtype(column.dtype) and isinstance(name, (str, int)):
            kinds = frozenset(map(type, column))
            if list in kinds:
                lists.append(name)
            elif str in kinds and (kinds <= _TEXTS or kinds <= _TEXTS_AND_NAN):
                texts.append((name, float in kinds))
    notes = {key: json.dumps(names).encode() for key, names in ((_LISTS, lists), (_OBJECTS, texts)) if names}
    metadata: dict[bytes, bytes] = table.schema.metadata or {}
    return table.replace_schema_metadata({**metadata, **notes}) if notes else table


def _back(part: pd.DataFrame, kept: TableFile) -> pd.DataFrame:
    """A part of a frame as its file gives it back."""
    stream = io.BytesIO()
    _write(part, stream, kept)
    stream.seek(0)
    return from_table(kept.read(stream))


def _check_same(part: pd.DataFrame, objects: list[int], kept: TableFile) -> None:
    """Refuse a part of a frame that does not come back equal; `objects`: the columns whose cells are compared one by one."""
    back = _back(part, kept)
    if list(map(type, back.columns)) != list(map(type, part.columns)) or not back.columns.equals(part.columns):
        raise _lost(kept, "the names of the columns", part.columns, back.columns)
    if not _same_index(back.index, part.index):
        raise _lost(kept, "the index", part.index, back.index)
    for position, (name, column) in enumerate(part.items()):
        found = back.iloc[:, position]
        if found.dtype != column.dtype:
            raise _lost(kept, f"column {preview(name)}", column.dtype, found.dtype)
        if position in objects:
            for row, (one, other) in enumerate(zip(column, found, strict=True)):
                if not _same_cell(one, other):
                    raise _lost(kept, f"column {preview(name)}, row {row}", one, other)


def _lost(kept: TableFile, where: str, one: object, other: object) -> TypeTransformerFailedError:
    return TypeTransformerFailedError(
        f"{kept.name} does not keep this",
        where=where,
        expected=preview(one),
        got=f"{preview(other)} when read back",
        fix=_WAY_OUT,
    )


def _same_index(one: pd.Index, other: pd.Index) -> bool:
    if isinstance(one, pd.MultiIndex) != isinstance(other, pd.MultiIndex) or list(one.names) != list(other.names):
        return False
    if isinstance(one, pd.MultiIndex):
        return len(one) == len(other) and (not len(one) or bool(one.equals(other)))
    return one.dtype == other.dtype and bool(one.equals(other))


def _same_cell(one: Any, other: Any) -> bool:
    if type(one) is not type(other):
        return bool(pd.api.types.is_scalar(one) and pd.isna(one) and pd.api.types.is_scalar(other) and pd.isna(other))
    kind = class_of(one)
    if issubclass(kind, (list, tuple)):
        return len(one) == len(other) and all(map(_same_cell, one, other))
    if issubclass(kind, dict):
        return one.keys() == other.keys() and all(_same_cell(one[key], other[key]) for key in one)
    same = attempt(lambda: bool(one == other) or bool(pd.isna(one) and pd.isna(other)))
    return same.value is True


def _as_list(cell: Any) -> Any:
    if not hasattr(cell, "tolist") or not getattr(cell, "shape", ()):
        return cell
    return [_as_list(item) for item in cell.tolist()] if cell.dtype == object else cell.tolist()


def _with_rows(frame: pd.DataFrame, described: dict[str, Any]) -> pd.DataFrame:
    """A frame without columns, with the rows that its range has."""
    columns: list[Any] = described.get("index_columns", [])
    for index in columns:
        if issubclass(class_of(index), dict) and index.get("kind") == "range":
            made = pd.RangeIndex(index["start"], index["stop"], index["step"], name=index["name"])
            return pd.DataFrame(index=made, columns=frame.columns)
    return frame
