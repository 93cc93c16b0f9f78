"""polars: frames as CSV, for those whose text reads back as they are; the others are refused with the column's name."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from literals import attempt, pb
from typeengine.builtin.structured_dataset import CSV
from typeengine.contrib.frame_files import FrameDecoder, FrameEncoder, as_read, as_written, not_kept, register
from typeengine.contrib.parquet import CSV_PART, csv_at_hand


class PolarsToCSV(FrameEncoder[pl.DataFrame]):
    """One CSV file in a folder of its own."""

    def __init__(self) -> None:
        super().__init__(pl.DataFrame, None, CSV)

    def write(self, frame: pl.DataFrame, folder: Path, declared: pb.StructuredDatasetType) -> None:
        """Write the text."""
        del declared
        _write(frame, folder / CSV_PART)


class CSVToPolars(FrameDecoder):
    """Reads the CSV file of a folder, or the file that the address names; columns whose dtype pandas noted are text."""

    def __init__(self) -> None:
        super().__init__(pl.DataFrame, None, CSV)

    def read(self, uri: str, columns: list[str] | None) -> pl.DataFrame:
        """Read the frame, with the wanted columns only."""
        with csv_at_hand(uri) as (path, noted):
            return as_read(attempt(_read, path, list(noted), columns), uri, "CSV")


def _read(path: Path, texts: list[str], columns: list[str] | None) -> pl.DataFrame:
    overrides = dict.fromkeys(texts, pl.String)
    return pl.read_csv(path, columns=columns, schema_overrides=overrides, infer_schema_length=None)


def _written(frame: pl.DataFrame, path: Path) -> pl.DataFrame:
    """Write the frame, and read it back."""
    frame.write_csv(path)
    return _read(path, [], None)


def _write(frame: pl.DataFrame, path: Path) -> None:
    made = attempt(_written, frame, path)
    back = as_written(made, "frame", "CSV", expected="a frame that CSV can hold", fix="use parquet")
    for name in frame.columns:
        if name not in back.columns or not back[name].equals(frame[name], check_dtypes=True):
            fix = "use parquet, or make it text or numbers that read back as they are"
            raise not_kept("CSV", name, frame.schema[name], "values that read back otherwise", fix)


register(PolarsToCSV(), CSVToPolars())

__all__ = ["CSVToPolars", "PolarsToCSV"]
