"""pandas' values that are not frames: Series and Index as a parquet file of one column, Timestamp and Timedelta as text.

Wire: `blob{PandasSeries or PandasIndex, SINGLE}`; STRING for the others: ISO 8601 to the nanosecond, a zone's name behind it in
brackets (`2020-01-01T00:00:00.000000001+01:00[Europe/Berlin]`, RFC 9557).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from typing import Any, BinaryIO

import pandas as pd
import pyarrow.parquet as pq

from literals import preview
from typeengine.builtin.text_types import text_codec
from typeengine.codec import Codec
from typeengine.contrib.one_file import FileFormat, file_codec
from typeengine.contrib.pandas_parquet import from_table, to_parquet
from typeengine.errors import TypeTransformerFailedError, unsupported
from typeengine.hints.forms import Form
from typeengine.registry import CodecResolver, CodecRow

_COLUMN = "values"
_NAME = "name"
"""Key of the frame's attributes: the name of a series, which a column's name is not always fit for."""
_ZONE = re.compile(r"(.*)\[([^\]]+)\]")
_LONGEST = 128


def _name_of(name: Hashable) -> Hashable:
    if name is not None and type(name) not in (str, int, float, bool):
        raise TypeTransformerFailedError(
            "the name of a series travels as text or a number",
            where="its name",
            expected="text or a number",
            got=preview(name),
            fix="rename it",
        )
    return name


def _write_series(series: pd.Series, stream: BinaryIO) -> None:
    frame = series.to_frame(_COLUMN)
    frame.attrs = {_NAME: _name_of(series.name)}
    to_parquet(frame, stream)


def _read_series(stream: BinaryIO) -> pd.Series:
    frame = from_table(pq.read_table(stream, use_pandas_metadata=True))
    series = frame[_COLUMN].rename(frame.attrs.get(_NAME))
    series.attrs = {}
    return series


def _write_index(index: pd.Index, stream: BinaryIO) -> None:
    to_parquet(pd.DataFrame(index=index), stream)


def _read_index(stream: BinaryIO) -> pd.Index:
    return from_table(pq.read_table(stream, use_pandas_metadata=True)).index


_INDEXES: tuple[type, ...] = (
    pd.Index, pd.RangeIndex, pd.MultiIndex, pd.DatetimeIndex, pd.TimedeltaIndex, pd.CategoricalIndex,
)  # fmt: skip
"""Index classes that parquet brings back as they are."""
_SERIES = FileFormat(
    tag="Pandas Series",
    format="PandasSeries",
    name="series.parquet",
    expected="a pandas Series",
    classes=(pd.Series,),
    write=_write_series,
    read=_read_series,
)


def _index_codec(form: Form, resolver: CodecResolver) -> Codec:
    del resolver
    kind: Any = form.cls
    if kind not in _INDEXES:
        raise unsupported(f"a parquet file does not keep a {kind.__name__}", kind, fix="declare pandas.Index")
    kept = FileFormat(
        tag="Pandas Index",
        format="PandasIndex",
        name="index.parquet",
        expected=f"a pandas {kind.__name__}",
        classes=_INDEXES if kind is pd.Index else (kind,),
        write=_write_index,
        read=_read_index,
    )
    return file_codec(form, kept)


def _time_text(value: pd.Timestamp) -> str:
    zone = getattr(value.tzinfo, "key", None) or getattr(value.tzinfo, "zone", None)
    return f"{value.isoformat()}[{zone}]" if zone else value.isoformat()


def _time_of(text: str) -> pd.Timestamp:
    zoned = _ZONE.fullmatch(text)
    made = pd.Timestamp(zoned.group(1)).tz_convert(zoned.group(2)) if zoned else pd.Timestamp(text)
    if not isinstance(made, pd.Timestamp):
        raise TypeError("the text is not a moment")
    return made


def _text_row(
    name: str, kind: type, text_format: str, write: Callable[[Any], str], read: Callable[[str], Any]
) -> CodecRow:
    def make(form: Form, _: CodecResolver) -> Codec:
        return text_codec(form, kind, text_format, write, read, longest=_LONGEST)

    return CodecRow(name, lambda form: form.cls is kind, make)


ROWS: tuple[CodecRow, ...] = (
    CodecRow("pandas.Series", lambda form: form.cls is pd.Series, lambda form, _: file_codec(form, _SERIES)),
    CodecRow("pandas.Index", lambda form: form.cls is not None and issubclass(form.cls, pd.Index), _index_codec),
    _text_row("pandas.Timestamp", pd.Timestamp, "pandas-timestamp", _time_text, _time_of),
    _text_row("pandas.Timedelta", pd.Timedelta, "pandas-timedelta", lambda value: value.isoformat(), pd.Timedelta),
)
