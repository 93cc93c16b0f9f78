"""polars: a Series as a parquet file of one column, under its own name."""

from __future__ import annotations

from typing import BinaryIO

import polars as pl

from typeengine.contrib.one_file import FileFormat, file_codec
from typeengine.contrib.polars import write_parquet
from typeengine.registry import CodecRow


def _read(stream: BinaryIO) -> pl.Series:
    return pl.read_parquet(stream).to_series(0)


_SERIES = FileFormat(
    tag="Polars Series",
    format="PolarsSeries",
    name="series.parquet",
    expected="a polars Series",
    classes=(pl.Series,),
    write=lambda series, stream: write_parquet(series.to_frame(), stream),
    read=_read,
)
ROWS: tuple[CodecRow, ...] = (
    CodecRow("polars.Series", lambda form: form.cls is pl.Series, lambda form, _: file_codec(form, _SERIES)),
)
