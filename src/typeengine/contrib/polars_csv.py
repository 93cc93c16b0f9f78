"""polars: frames as CSV, for those whose text reads back as they are; the others are refused with the column's name."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from drawloom.context import FlyteContext
from literals import attempt, pb, preview
from typeengine.builtin.structured_dataset import (
    CSV,
    StructuredDataset,
    StructuredDatasetDecoder,
    StructuredDatasetEncoder,
    StructuredDatasetTransformerEngine,
    column_names,
)
from typeengine.contrib.parquet import CSV_PART, csv_at_hand, keep_part
from typeengine.errors import TypeTransformerFailedError, reason_of


class PolarsToCSV(StructuredDatasetEncoder):
    """One CSV file in a folder of its own."""

    def __init__(self) -> None:
        super().__init__(pl.DataFrame, None, CSV)

    def encode(
        self,
        ctx: FlyteContext,
        structured_dataset: StructuredDataset,
        structured_dataset_type: pb.StructuredDatasetType,
    ) -> pb.StructuredDataset:
        """Write the frame; give its message."""
        del ctx
        frame = structured_dataset.dataframe
        uri = keep_part(lambda path: _write(frame, path), structured_dataset.uri, CSV_PART)
        message = pb.StructuredDataset(uri=uri)
        message.metadata.structured_dataset_type.CopyFrom(structured_dataset_type)
        return message


class CSVToPolars(StructuredDatasetDecoder):
    """Reads the CSV file of a folder, or the file that the address names; columns whose dtype pandas noted are text."""

    def __init__(self) -> None:
        super().__init__(pl.DataFrame, None, CSV)

    def decode(
        self,
        ctx: FlyteContext,
        flyte_value: pb.StructuredDataset,
        current_task_metadata: pb.StructuredDatasetMetadata,
    ) -> pl.DataFrame:
        """Read the frame, with the wanted columns only."""
        del ctx
        with csv_at_hand(flyte_value.uri) as (path, noted):
            made = attempt(_read, path, list(noted), column_names(current_task_metadata))
        if made.error is not None:
            raise TypeTransformerFailedError(
                "the data is not CSV",
                where=flyte_value.uri,
                expected="CSV",
                got=reason_of(made.error),
                fix="check that the file is complete, and of the dataset's format",
            ) from made.error
        return made.unwrap()


def _read(path: Path, texts: list[str], columns: list[str] | None) -> pl.DataFrame:
    overrides = dict.fromkeys(texts, pl.String)
    return pl.read_csv(path, columns=columns, schema_overrides=overrides, infer_schema_length=None)


def _written(frame: pl.DataFrame, path: Path) -> pl.DataFrame:
    """Write the frame, and read it back."""
    frame.write_csv(path)
    return _read(path, [], None)


def _write(frame: pl.DataFrame, path: Path) -> None:
    made = attempt(_written, frame, path)
    if made.error is not None:
        raise TypeTransformerFailedError(
            "the frame cannot be written as CSV",
            expected="a frame that CSV can hold",
            got=reason_of(made.error),
            fix="use parquet",
        ) from made.error
    back = made.unwrap()
    for name in frame.columns:
        if name not in back.columns or not back[name].equals(frame[name], check_dtypes=True):
            raise TypeTransformerFailedError(
                "CSV does not keep this column",
                where=f"column {preview(name)}",
                expected=str(frame.schema[name]),
                got="values that read back otherwise",
                fix="use parquet, or make it text or numbers that read back as they are",
            )


StructuredDatasetTransformerEngine.register(PolarsToCSV(), override=True)
StructuredDatasetTransformerEngine.register(CSVToPolars(), override=True)

__all__ = ["CSVToPolars", "PolarsToCSV"]
