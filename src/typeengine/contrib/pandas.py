"""pandas: frames as parquet (the default, by pyarrow), CSV, where and as flytekit writes them, or Arrow's own format."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from literals import CallResult, attempt, pb, preview
from typeengine.builtin.dataframe_codecs import ROWS
from typeengine.builtin.structured_dataset import ARROW, CSV, PARQUET
from typeengine.contrib.arrow_ipc import opened, read_ipc, write_ipc
from typeengine.contrib.arrow_parquet import read_table
from typeengine.contrib.frame_files import FrameDecoder, FrameEncoder, as_read, as_written, register
from typeengine.contrib.pandas_parquet import PARQUET_FILE, TableFile, from_table, to_file
from typeengine.contrib.parquet import CSV_PART, DTYPES, PART, csv_at_hand, parts_at_hand
from typeengine.errors import TypeTransformerFailedError

_NO_VALUES = ["", "#N/A", "#NA", "-NaN", "-nan", "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null"]
"""Texts that pandas reads as no value, but in columns whose dtype is noted."""


_ARROW_FILE = TableFile("an Arrow file", write_ipc, lambda stream: opened(stream).read_all())


class FromPandas(FrameEncoder[pd.DataFrame]):
    """One file in a folder of its own, as Parquet or in Arrow's own format."""

    def __init__(self, file_format: str) -> None:
        super().__init__(pd.DataFrame, None, file_format)

    def write(self, frame: pd.DataFrame, folder: Path, declared: pb.StructuredDatasetType) -> None:
        """Write a frame that comes back equal."""
        to_file(frame, folder / PART, PARQUET_FILE if self.supported_format == PARQUET else _ARROW_FILE, declared)


class ToPandas(FrameDecoder):
    """Reads what any of the writers of its format wrote."""

    def __init__(self, file_format: str) -> None:
        super().__init__(pd.DataFrame, None, file_format)

    def read(self, uri: str, columns: list[str] | None) -> pd.DataFrame:
        """Read the frame, with the wanted columns only."""
        is_parquet = self.supported_format == PARQUET
        table_of = read_table if is_parquet else read_ipc
        with parts_at_hand(uri, columns) as parts:
            made = attempt(lambda: from_table(table_of(parts, columns, index=True)))
        return as_read(made, uri, "Parquet" if is_parquet else "an Arrow file")


class PandasToCSV(FrameEncoder[pd.DataFrame]):
    """One CSV file without the index."""

    def __init__(self) -> None:
        super().__init__(pd.DataFrame, None, CSV)

    def write(self, frame: pd.DataFrame, folder: Path, declared: pb.StructuredDatasetType) -> None:
        """Write the text, and beside it what dtypes it does not say."""
        del declared
        made = attempt(frame.to_csv, index=False)
        text = as_written(made, "frame", "CSV", expected="a frame that CSV can hold", fix="use parquet")
        data = str(text).encode()
        dtypes = _dtypes_to_note(frame, data)
        (folder / CSV_PART).write_bytes(data)
        if dtypes:
            (folder / DTYPES).write_text(json.dumps(dtypes), encoding="utf-8")


class CSVToPandas(FrameDecoder):
    """Reads the CSV file of a folder, or the file that the address names."""

    def __init__(self) -> None:
        super().__init__(pd.DataFrame, None, CSV)

    def read(self, uri: str, columns: list[str] | None) -> pd.DataFrame:
        """Read the frame, with the wanted columns only."""
        with csv_at_hand(uri) as (path, noted):
            made: CallResult[Any] = attempt(lambda: _from_csv(path.read_bytes(), noted, columns))
        return as_read(made, uri, "CSV")


def _from_csv(data: bytes, dtypes: Mapping[str, str], columns: list[str] | None = None) -> Any:
    """The frame in CSV text. Columns with a noted dtype are read as text, of which only the empty one is not a value."""
    if not dtypes:
        return pd.read_csv(io.BytesIO(data), usecols=columns)
    noted = {name: kind for name, kind in dtypes.items() if columns is None or name in columns}
    names = pd.read_csv(io.BytesIO(data), nrows=0).columns
    empty: dict[Any, list[str]] = {name: [""] if name in noted else _NO_VALUES for name in names}
    frame = pd.read_csv(
        io.BytesIO(data), usecols=columns, dtype=dict.fromkeys(noted, "str"), keep_default_na=False, na_values=empty
    )
    for name, kind in noted.items():
        is_time = kind.startswith("datetime64")
        frame[name] = (pd.to_datetime(frame[name], format="ISO8601") if is_time else frame[name]).astype(kind)
    return frame


def _dtypes_to_note(frame: pd.DataFrame, data: bytes) -> dict[str, str]:
    """The dtypes without which the columns of a frame would not come back from its CSV text.

    Raises:
        TypeTransformerFailedError: the text does not hold the frame at all; `where` is the column, or the index.
    """
    if not len(frame.columns) and not len(frame):
        return {}
    if not frame.index.equals(pd.RangeIndex(len(frame))):
        raise TypeTransformerFailedError(
            "CSV does not keep the index of a frame",
            where="the index",
            expected="a frame with the index that pandas makes",
            got=preview(frame.index),
            fix="call reset_index()",
        )
    plain: CallResult[Any] = attempt(_from_csv, data, {})
    lost = {str(frame.columns[at]): str(frame.dtypes.iloc[at]) for at in _lost_columns(frame, plain)}
    if lost:
        left = _lost_columns(frame, attempt(_from_csv, data, lost))
        if left:
            name, column = frame.columns[left[0]], frame.iloc[:, left[0]]
            raise TypeTransformerFailedError(
                "CSV does not keep this column",
                where=f"column {preview(name)}",
                expected=str(column.dtype),
                got="values that read back otherwise",
                fix="use parquet, or make it text or numbers that read back as they are",
            )
    return lost


def _lost_columns(frame: pd.DataFrame, back: CallResult[Any]) -> list[int]:
    """The columns, by position, that differ in what was read back."""
    found = back.value
    if found is None or len(found.columns) != len(frame.columns):
        return list(range(len(frame.columns)))
    same = [
        found.columns[at] == frame.columns[at] and _same_column(frame.iloc[:, at], found.iloc[:, at])
        for at in range(len(frame.columns))
    ]
    return [at for at, is_same in enumerate(same) if not is_same]


def _same_column(one: pd.Series, other: pd.Series) -> bool:
    texts = pd.api.types.is_string_dtype
    same_kind = one.dtype == other.dtype or (texts(one.dtype) and texts(other.dtype))
    return bool(same_kind and (len(one) == len(other)) and (one.isna() == other.isna()).all()) and bool(
        (one.dropna() == other.dropna()).all()
    )


register(FromPandas(PARQUET), ToPandas(PARQUET), is_default=True)
register(FromPandas(ARROW), ToPandas(ARROW), PandasToCSV(), CSVToPandas())

__all__ = ["ROWS"]
