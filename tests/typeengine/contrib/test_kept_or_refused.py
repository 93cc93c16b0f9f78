"""Frames, tables and arrays come back equal, or are refused when they are written, with the column's name."""

import contextlib
import datetime as dt
import io
import warnings

import numpy as np
import numpy.typing as npt
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from literals import DrawloomError, parse, pb
from typeengine import Engine, StructuredDataset

ENGINE = Engine()
ROWS = range(2000)

KEPT = {
    "only an index": pd.DataFrame(index=pd.RangeIndex(3, 13, 2, name="n")),
    "nothing": pd.DataFrame(),
    "no rows": pd.DataFrame({"a": pd.Series([], dtype="int64"), "o": pd.Series([], dtype=object)}),
    "no rows and no categories": pd.DataFrame({"c": pd.Series([], dtype="category")}),
    "ordered categories without rows": pd.DataFrame({"c": pd.Categorical([], categories=[], ordered=True)}),
    "no rows but zones": pd.DataFrame({"t": pd.Series([], dtype="datetime64[ns, UTC]")}),
    "named index": pd.DataFrame({"a": [1.5]}, index=pd.Index(["x"], name="key")),
    "two levels": pd.DataFrame({"v": [1, 2]}, index=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["k", "n"])),
    "numbers as names": pd.DataFrame({0: [1], 1: [2]}),
    "dates as index": pd.DataFrame({"v": ROWS}, index=pd.date_range("2020", periods=len(ROWS), tz="Europe/Berlin")),
    "nullable": pd.DataFrame({"i": pd.array([1, None], dtype="Int64"), "s": pd.array(["a", None], dtype="string")}),
    "lists": pd.DataFrame({"l": [[1, 2], [], None, [3]]}),
    "lists of texts": pd.DataFrame({"l": [["a"], ["b", "c"]] * 600}),
    "equal dicts": pd.DataFrame({"d": [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]}),
    "bytes": pd.DataFrame({"b": pd.Series([b"a", None], dtype=object)}),
    "dates": pd.DataFrame({"d": [dt.date(2020, 1, 2), None]}),
    "ordered": pd.DataFrame({"c": pd.Categorical(["x", "y"], categories=["y", "x", "z"], ordered=True)}),
}
LOST = {
    "sets": (pd.DataFrame({"ok": [1], "s": [{1, 2}]}), "s"),
    "other keys": (pd.DataFrame({"d": [{"a": 1}, {"b": 2}]}), "'d'"),
    "far down": (pd.DataFrame({"d": [{"a": 1}] * 5000 + [{"b": 2}]}), "'d'"),
    "tuples": (pd.DataFrame({"t": [(1, 2)]}), "'t'"),
    "mixed": (pd.DataFrame({"m": ["a", 1]}), "m"),
    "complex": (pd.DataFrame({"c": [1j]}), "c"),
    "one name twice": (pd.DataFrame([[1, 2]], columns=["a", "a"]), "'a'"),
    "objects": (pd.DataFrame({"o": [object()]}), "o"),
    "lists with None and dicts": (pd.DataFrame({"l": [[{"a": 1}, {"b": 2}]]}), "'l'"),
}


@pytest.mark.parametrize("name", KEPT)
def test_a_frame_comes_back_equal(name):
    codec = ENGINE.codec(pd.DataFrame)
    back = codec.decode(codec.encode(KEPT[name]))
    pd.testing.assert_frame_equal(back, KEPT[name], check_freq=False)
    for column in back.select_dtypes(object):
        assert [type(cell) for cell in back[column]] == [type(cell) for cell in KEPT[name][column]]


@pytest.mark.parametrize("name", LOST)
def test_a_frame_that_parquet_does_not_keep_is_refused_by_its_column(name):
    frame, column = LOST[name]
    with pytest.raises(DrawloomError) as caught:
        ENGINE.codec(pd.DataFrame).encode(frame)
    assert column in str(caught.value)


def csv_of(frame):
    from typing import Annotated

    codec = ENGINE.codec(Annotated[StructuredDataset, "csv"])
    return codec.decode(codec.encode(StructuredDataset(dataframe=frame))).open(pd.DataFrame).all()


def test_csv_keeps_numbers_and_text():
    frame = pd.DataFrame({"a": [1, 2], "b": [1.5, None], "c": ["x", None], "d": [True, False]})
    pd.testing.assert_frame_equal(csv_of(frame), frame)


@pytest.mark.parametrize(
    "column",
    [
        ["1", "2"],
        ["NA", "x", None],
        ["0012", "1e5"],
        [pd.Timestamp("2020-01-01"), pd.Timestamp("2021-02-03 04:05:06.789")],
        pd.to_datetime(["2020-01-01"]).tz_localize("UTC"),
        pd.Categorical(["x", "y", "x"]),
        pd.array([1, None], dtype="Int64"),
        pd.array([1, 2], dtype="int8"),
    ],
    ids=str,
)
def test_csv_keeps_dtypes_and_text_that_looks_like_something_else(column):
    frame = pd.DataFrame({"a": column, "plain": range(len(column))})
    pd.testing.assert_frame_equal(csv_of(frame), frame)


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"a": ["", None]}),
        pd.DataFrame({"a": [[1]]}),
        pd.DataFrame({"a": [1]}, index=["x"]),
        pd.DataFrame([[1, 2]], columns=["a", "a"]),
        pd.DataFrame({1: [1]}),
    ],
)
def test_csv_that_reads_back_otherwise_is_refused(frame):
    with pytest.raises(DrawloomError, match=r"column|index"):
        csv_of(frame)


TABLES = [
    pa.table({"a": [1, 2], "b": pa.array(["x", "y"]).dictionary_encode()}),
    pa.table({"a": pa.array([], pa.int8()), "t": pa.array([], pa.timestamp("ns", "UTC"))}),
    pa.table({"l": [[1], None], "s": [{"x": 1}, {"x": 2}]}),
    pa.table({}),
]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: str(table.column_names))
def test_a_table_comes_back_equal(table):
    codec = ENGINE.codec(pa.Table)
    back = codec.decode(codec.encode(table))
    assert back.equals(table)
    assert back.schema.equals(table.schema)


@pytest.mark.parametrize(
    ("table", "column"),
    [
        (pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"]), "'a'"),
        (pa.table({"i": pa.array([(1, 2, 3)], pa.month_day_nano_interval())}), ""),
    ],
)
def test_a_table_that_parquet_does_not_keep_is_refused(table, column):
    with pytest.raises(DrawloomError) as caught:
        ENGINE.codec(pa.Table).encode(table)
    assert column in str(caught.value)


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame({"a": [1, None], "c": pl.Series(["x", "y"], dtype=pl.Categorical)}),
        pl.DataFrame({"l": [[1], []], "s": [{"x": 1}, {"x": 2}], "d": [dt.date(2020, 1, 1), None]}),
        pl.DataFrame(schema={"a": pl.Int8, "t": pl.Datetime("ns", "UTC")}),
        pl.DataFrame(),
    ],
)
def test_a_polars_frame_comes_back_equal(frame):
    codec = ENGINE.codec(pl.DataFrame)
    back = codec.decode(codec.encode(frame))
    assert back.schema == frame.schema
    assert back.equals(frame)


def test_a_polars_frame_of_objects_is_refused():
    with pytest.raises(DrawloomError):
        ENGINE.codec(pl.DataFrame).encode(pl.DataFrame({"o": [object()]}))


@pytest.mark.parametrize("kind", [pd.DataFrame, pa.Table, pl.DataFrame])
@pytest.mark.parametrize("damage", [b"", b"PAR1", b"PK\x03\x04" + b"\0" * 40, None])
def test_a_damaged_file_is_our_error(kind, damage, tmp_path):
    codec = ENGINE.codec(kind)
    frame = {pd.DataFrame: pd.DataFrame, pa.Table: pa.table, pl.DataFrame: pl.DataFrame}[kind]({"a": [1, 2, 3] * 50})
    written = parse(pb.Literal, codec.encode(frame))
    uri = written.scalar.structured_dataset.uri
    from drawloom.context import local_path

    (file,) = local_path(uri).iterdir()
    data = bytearray(file.read_bytes())
    folder = tmp_path / "damaged"
    folder.mkdir()
    places = [None] if damage is not None else range(4, len(data), max(1, len(data) // 60))
    for place in places:
        hurt = bytearray(data)
        if place is not None:
            hurt[place] ^= 0xFF
        (folder / "00000").write_bytes(damage if place is None else bytes(hurt))
        written.scalar.structured_dataset.uri = str(folder)
        with contextlib.suppress(DrawloomError):
            codec.read(written)


def test_an_array_s_class_decides():
    codec = ENGINE.codec(np.ndarray)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the class goes, and numpy says so from 2.5 on
        class_of_texts = np.char.chararray
    for other in (
        np.ma.masked_array([1, 2], [True, False]),
        np.ones((1, 2)).view(np.matrix),
        np.rec.array([(1,)], dtype=[("a", int)]),
    ):
        with pytest.raises(DrawloomError, match="exactly this class"):
            codec.encode(other)
        assert not codec.accepts(other)
    with pytest.raises(DrawloomError, match="besides its values"):
        ENGINE.codec(class_of_texts)


@pytest.mark.parametrize(
    "value", [np.ones((1, 2)).view(np.matrix), np.rec.array([(1, 2.0)], dtype=[("a", int), ("b", float)])]
)
def test_another_view_of_an_array_keeps_its_class(value):
    codec = ENGINE.codec(type(value))
    back = codec.decode(codec.encode(value))
    assert type(back) is type(value)
    assert back.dtype == value.dtype
    assert (back == value).all()


def test_the_declared_element_class_is_checked():
    codec = ENGINE.codec(npt.NDArray[np.int8])
    assert codec.decode(codec.encode(np.array([1], np.int8))).dtype == np.int8
    with pytest.raises(DrawloomError, match="int8"):
        codec.encode(np.array([1], np.int64))
    wide = ENGINE.codec(np.ndarray).encode(np.array([1], np.int64))
    with pytest.raises(DrawloomError, match="int8"):
        codec.decode(wide)
    assert ENGINE.codec(npt.NDArray[np.floating]).accepts(np.array([1.0], np.float32))
    assert ENGINE.codec(npt.NDArray).accepts(np.array(["a"]))


def test_files_that_are_no_arrays_are_our_error():
    codec = ENGINE.codec(np.ndarray)
    several = io.BytesIO()
    np.savez(several, a=np.array([1]))
    good = io.BytesIO()
    np.save(good, np.array([1, 2]))
    broken = [several.getvalue(), several.getvalue()[:40], b"", b"\x93NUMPY\x01\x00\xff\xff{", good.getvalue()[:-4]]
    broken += [good.getvalue().replace(b"descr", b"d\x00scr"), good.getvalue().replace(b"(2,)", b"(2**")]
    for data in broken:
        with pytest.raises(DrawloomError):
            codec.from_plain(data)
