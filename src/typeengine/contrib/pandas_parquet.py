"""pandas frames as the bytes of a parquet file and back, equal to the last cell or refused with the column's name.

The file is what `DataFrame.to_parquet` writes, pandas' own metadata included, so that every reader of parquet takes it. Three
things that pandas does not restore from it are restored here: the rows of a frame without columns, the dtype of a
categorical column without categories, and lists in cells (arrays in its place), which a note in the metadata names.

What else a file cannot hold is found by reading back: the first rows for the dtypes, the names and the index, and whole
columns of objects, since only their cells say what they are.
"""

from __future__ import annotations

import io
import json
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from literals import attempt, preview
from typeengine.errors import TypeTransformerFailedError, reason_of

_LISTS = b"drawloom.lists"
"""Key in the file's metadata: the names of the columns whose cells are lists, as a JSON array."""
_FIRST_ROWS = 3
_WAY_OUT = "convert it before, or reset what cannot be kept (reset_index, astype)"


def to_parquet(frame: pd.DataFrame) -> bytes:
    """The bytes of a parquet file from which `from_parquet` reads an equal frame.

    Raises:
        TypeTransformerFailedError: a file cannot hold the frame, or it would not come back equal; `where` is the column.
    """
    _check_names(frame)
    data = _written(frame)
    objects = [position for position, dtype in enumerate(frame.dtypes) if pd.api.types.is_object_dtype(dtype)]
    _check_same(frame.iloc[:_FIRST_ROWS], [])
    if objects:
        _check_same(frame.iloc[:, objects], list(range(len(objects))))
    return data


def from_parquet(data: bytes, columns: list[str] | None = None) -> pd.DataFrame:
    """The frame in the bytes of a parquet file; `columns`: the only ones to read."""
    table = pq.read_table(io.BytesIO(data), columns=columns)
    frame = table.to_pandas()
    metadata: dict[bytes, bytes] = pq.read_schema(io.BytesIO(data)).metadata or {}
    described: dict[str, Any] = json.loads(metadata.get(b"pandas", b"{}"))
    if not len(frame.columns) and not len(frame):
        frame = _with_rows(frame, described)
    for column in described.get("columns", ()):
        name = column["name"]
        if column["pandas_type"] == "categorical" and name in frame and not len(frame[name].dropna()):
            ordered = bool((column["metadata"] or {}).get("ordered"))
            if not isinstance(frame[name].dtype, pd.CategoricalDtype):
                frame[name] = frame[name].astype(pd.CategoricalDtype(ordered=ordered))
    for name in json.loads(metadata.get(_LISTS, b"[]")):
        if name in frame:
            frame[name] = pd.Series([_as_list(cell) for cell in frame[name]], index=frame.index, dtype=object)
    return frame


def _written(frame: pd.DataFrame) -> bytes:
    made = attempt(pa.Table.from_pandas, frame)
    if made.error is None:
        table: Any = made.value
        lists = [
            name for name, column in frame.items() if pd.api.types.is_object_dtype(column.dtype) and _has_lists(column)
        ]
        if lists:
            metadata: dict[bytes, bytes] = table.schema.metadata or {}
            table = table.replace_schema_metadata({**metadata, _LISTS: json.dumps(lists).encode()})
        buffer = io.BytesIO()
        made = attempt(pq.write_table, table, buffer)
        if made.error is None:
            return buffer.getvalue()
    raise TypeTransformerFailedError(
        f"the frame cannot be written as parquet ({reason_of(made.error)})", fix=_WAY_OUT
    ) from made.error


def _check_names(frame: pd.DataFrame) -> None:
    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        raise TypeTransformerFailedError(
            "two columns have one name", where=f"column {preview(twice[0])}", fix="rename one of them"
        )


def _check_same(part: pd.DataFrame, objects: list[int]) -> None:
    """Refuse a part of a frame that does not come back equal; `objects`: the columns whose cells are compared one by one."""
    back = from_parquet(_written(part))
    if list(map(type, back.columns)) != list(map(type, part.columns)) or not back.columns.equals(part.columns):
        raise _lost("the names of the columns", part.columns, back.columns)
    if not _same_index(back.index, part.index):
        raise _lost("the index", part.index, back.index)
    for position, (name, column) in enumerate(part.items()):
        found = back.iloc[:, position]
        if found.dtype != column.dtype:
            raise _lost(f"column {preview(name)}", column.dtype, found.dtype)
        if position in objects:
            for row, (one, other) in enumerate(zip(column, found, strict=True)):
                if not _same_cell(one, other):
                    raise _lost(f"column {preview(name)}, row {row}", one, other)


def _lost(where: str, one: object, other: object) -> TypeTransformerFailedError:
    return TypeTransformerFailedError(
        "a parquet file does not keep this",
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
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(_same_cell, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_same_cell(one[key], other[key]) for key in one)
    same = attempt(lambda: bool(one == other) or bool(pd.isna(one) and pd.isna(other)))
    return same.value is True


def _has_lists(column: pd.Series) -> bool:
    kinds = set(map(type, column.dropna()))
    return list in kinds


def _as_list(cell: Any) -> Any:
    if not hasattr(cell, "tolist") or not getattr(cell, "shape", ()):
        return cell
    return [_as_list(item) for item in cell.tolist()] if cell.dtype == object else cell.tolist()


def _with_rows(frame: pd.DataFrame, described: dict[str, Any]) -> pd.DataFrame:
    """A frame without columns, with the rows that its range has."""
    for index in described.get("index_columns", ()):
        if isinstance(index, dict) and index.get("kind") == "range":
            made = pd.RangeIndex(index["start"], index["stop"], index["step"], name=index["name"])
            return pd.DataFrame(index=made, columns=frame.columns)
    return frame
