"""pandas: frames as parquet (the default, by pyarrow), CSV, where and as flytekit writes them, or Arrow's own format."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from literals import CallResult, attempt, pb, preview
from typeengine.builtin.dataframe_codecs import ROWS
from typeengine.builtin.structured_dataset import (
    ARROW,
    CSV,
    PARQUET,
    StructuredDataset,
    StructuredDatasetDecoder,
    StructuredDatasetEncoder,
    StructuredDatasetTransformerEngine,
    column_names,
)
from typeengine.contrib.arrow_ipc import opened, read_ipc, write_ipc
from typeengine.contrib.arrow_parquet import read_table
from typeengine.contrib.pandas_parquet import PARQUET_FILE, TableFile, from_table, to_file
from typeengine.contrib.parquet import CSV_PART, DTYPES, csv_at_hand, keep_part, parts_at_hand
from typeengine.errors import TypeTransformerFailedError, reason_of
from typeengine.raw_data import storage

_NO_VALUES = ["", "#N/A", "#NA", "-NaN", "-nan", "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null"]
"""Texts that pandas reads as no value, but in columns whose dtype is noted."""


_ARROW_FILE = TableFile("an Arrow file", write_ipc, lambda stream: opened(stream).read_all())


class FromPandas(StructuredDatasetEncoder):
    """One file in a folder of its own, as Parquet or in Arrow's own format."""

    def __init__(self, file_format: str) -> None:
        super().__init__(pd.DataFrame, None, file_format)

    def encode(
        self, ctx: object, structured_dataset: StructuredDataset, structured_dataset_type: pb.StructuredDatasetType
    ) -> pb.StructuredDataset:
        """Write the frame; give its message."""
        del ctx
        frame = structured_dataset.dataframe
        kept = PARQUET_FILE if self.supported_format == PARQUET else _ARROW_FILE
        uri = keep_part(lambda path: to_file(frame, path, kept, structured_dataset_type), structured_dataset.uri)
        return _message(uri, structured_dataset_type)


class ToPandas(StructuredDatasetDecoder):
    """Reads what any of the writers of its format wrote."""

    def __init__(self, file_format: str) -> None:
        super().__init__(pd.DataFrame, None, file_format)

    def decode(
        self, ctx: object, flyte_value: pb.StructuredDataset, current_task_metadata: pb.StructuredDatasetMetadata
    ) -> Any:
        """Read the frame, with the wanted columns only."""
        del ctx
        columns = column_names(current_task_metadata)
        with parts_at_hand(flyte_value.uri, columns) as parts:
            if self.supported_format == PARQUET:
                return _read(lambda: from_table(read_table(parts, columns, index=True)), flyte_value.uri)
            return _read(lambda: from_table(read_ipc(parts, columns, index=True)), flyte_value.uri)


class PandasToCSV(StructuredDatasetEncoder):
    """One CSV file without the index."""

    def __init__(self) -> None:
        super().__init__(pd.DataFrame, None, CSV)

    def encode(
        self, ctx: object, structured_dataset: StructuredDataset, structured_dataset_type: pb.StructuredDatasetType
    ) -> pb.StructuredDataset:
        """Write the frame; give its message."""
        del ctx
        frame = structured_dataset.dataframe
        text = attempt(frame.to_csv, index=False)
        if text.value is None:
            raise TypeTransformerFailedError(
                "the frame cannot be written as CSV",
                expected="a frame that CSV can hold",
                got="" if text.error is None else reason_of(text.error),
                fix="use parquet",
            ) from text.error
        data, dtypes = text.value.encode(), _dtypes_to_note(frame, text.value.encode())

        def write(folder: Path) -> None:
            (folder / CSV_PART).write_bytes(data)
            if dtypes:
                (folder / DTYPES).write_text(json.dumps(dtypes), encoding="utf-8")

        uri = storage().keep_made(write, "frame", True, structured_dataset.uri or None)  # noqa: FBT003 - a folder
        return _message(uri, structured_dataset_type)


class CSVToPandas(StructuredDatasetDecoder):
    """Reads the CSV file of a folder, or the file that the address names."""

    def __init__(self) -> None:
        super().__init__(pd.DataFrame, None, CSV)

    def decode(
        self, ctx: object, flyte_value: pb.StructuredDataset, current_task_metadata: pb.StructuredDatasetMetadata
    ) -> Any:
        """Read the frame, with the wanted columns only."""
        del ctx
        columns = column_names(current_task_metadata)
        with csv_at_hand(flyte_value.uri) as (path, noted):
            return _read(lambda: _from_csv(path.read_bytes(), noted, columns), flyte_value.uri)


def _read(reader: Callable[[], Any], where: str) -> Any:
    made = attempt(reader)
    if made.error is None:
        return made.value
    raise TypeTransformerFailedError(
        "the data cannot be read as a frame",
        where=where,
        expected="data in the dataset's format",
        got=reason_of(made.error),
        fix="check that the file is complete, and of the dataset's format",
    ) from made.error


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


def _message(uri: str, dataset_type: Any) -> Any:
    message = pb.StructuredDataset(uri=uri)
    message.metadata.structured_dataset_type.CopyFrom(dataset_type)
    return message


_register = StructuredDatasetTransformerEngine.register
_register(FromPandas(PARQUET), default_format_for_type=True, override=True)
_register(ToPandas(PARQUET), default_format_for_type=True, override=True)
_register(FromPandas(ARROW), override=True)
_register(ToPandas(ARROW), override=True)
_register(PandasToCSV(), override=True)
_register(CSVToPandas(), override=True)

__all__ = ["ROWS"]
