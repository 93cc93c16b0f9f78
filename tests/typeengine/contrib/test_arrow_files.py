"""Frames in Arrow's own file format: each library reads what each other wrote, equal or refused; local files are mapped."""

import contextlib
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from drawloom import kwtypes
from drawloom.context import FileAccessProvider, FlyteContextManager
from literals import DrawloomError, parse, pb
from typeengine import Engine, StructuredDataset

ENGINE = Engine()
KINDS = [pd.DataFrame, pa.Table, pa.RecordBatch, pa.RecordBatchReader, pl.DataFrame, pl.LazyFrame]
DATA = {"number": [3, 1, 2], "word": ["x", None, "zzz"], "fraction": [0.5, float("nan"), 2.0]}


def made(kind):
    table = pa.table(DATA)
    return {
        pd.DataFrame: lambda: pd.DataFrame(DATA),
        pa.Table: lambda: table,
        pa.RecordBatch: lambda: table.to_batches()[0],
        pa.RecordBatchReader: lambda: table.to_reader(2),
        pl.DataFrame: lambda: pl.DataFrame(DATA),
        pl.LazyFrame: lambda: pl.DataFrame(DATA).lazy(),
    }[kind]()


def rows(frame):
    """A frame of any library as columns of Python's values, NaN and None alike."""
    if isinstance(frame, pl.LazyFrame):
        frame = frame.collect()
    if isinstance(frame, pa.RecordBatchReader):
        frame = frame.read_all()
    if isinstance(frame, pd.DataFrame):
        columns = {name: column.tolist() for name, column in frame.items()}
    else:
        columns = frame.to_pydict() if isinstance(frame, (pa.Table, pa.RecordBatch)) else frame.to_dict(as_series=False)
    return {name: [None if cell is None or cell != cell else cell for cell in cells] for name, cells in columns.items()}


EXPECTED = {"number": [3, 1, 2], "word": ["x", None, "zzz"], "fraction": [0.5, None, 2.0]}


@pytest.fixture(params=["local", "memory"])
def store(request, tmp_path):
    prefix = str(tmp_path / "raw") if request.param == "local" else f"memory://{tmp_path.name}"
    access = FileAccessProvider(tmp_path / "sandbox", prefix)
    with FlyteContextManager.with_context(FlyteContextManager.current_context().with_file_access(access)):
        yield access
    if request.param == "memory":
        with contextlib.suppress(FileNotFoundError):
            access.get_filesystem("memory").rm(f"/{tmp_path.name}", recursive=True)


@pytest.mark.parametrize("writer", KINDS, ids=lambda kind: f"{kind.__module__.partition('.')[0]}.{kind.__name__}")
def test_what_one_library_wrote_each_reads(store, writer):
    data = ENGINE.codec(Annotated[writer, "arrow"]).encode(made(writer))
    literal = parse(pb.Literal, data)
    assert literal.scalar.structured_dataset.metadata.structured_dataset_type.format == "arrow"
    for reader in KINDS:
        assert rows(ENGINE.codec(Annotated[reader, "arrow"]).decode(data)) == EXPECTED, reader
        wanted = Annotated[reader, "arrow", kwtypes(word=str)]
        assert rows(ENGINE.codec(wanted).decode(data)) == {"word": EXPECTED["word"]}, reader


def test_a_hint_without_the_format_reads_it_too(store):
    data = ENGINE.codec(Annotated[pa.Table, "arrow"]).encode(made(pa.Table))
    assert ENGINE.codec(pl.DataFrame).decode(data).shape == (3, 3)
    assert ENGINE.codec(StructuredDataset).decode(data).open(pd.DataFrame).all().shape == (3, 3)


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"v": [1, 2]}, index=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["k", "n"])),
        pd.DataFrame({"t": pd.date_range("2020", periods=3, tz="Europe/Berlin")}, index=[5, 6, 9]),
        pd.DataFrame({"c": pd.Categorical(["x", "y"], categories=["y", "x", "z"], ordered=True)}),
        pd.DataFrame({"l": [[1, 2], [], None]}),
        pd.DataFrame({"o": pd.Series(["a", None], dtype=object), "n": pd.Series(["a", np.nan], dtype=object)}),
        pd.DataFrame(index=pd.RangeIndex(3)),
    ],
    ids=["levels", "zone", "categories", "lists", "objects", "only an index"],
)
@pytest.mark.parametrize("file_format", ["arrow", "parquet"])
def test_a_pandas_frame_comes_back_equal(frame, file_format):
    codec = ENGINE.codec(Annotated[pd.DataFrame, file_format])
    back = codec.decode(codec.encode(frame))
    pd.testing.assert_frame_equal(back, frame, check_freq=False)
    for column in back.select_dtypes(object):
        assert [type(cell) for cell in back[column]] == [type(cell) for cell in frame[column]]


def test_an_index_comes_with_one_wanted_column():
    frame = pd.DataFrame({"v": [1, 2], "w": [3, 4]}, index=pd.Index(["a", "b"], name="key"))
    data = ENGINE.codec(Annotated[pd.DataFrame, "arrow"]).encode(frame)
    back = ENGINE.codec(Annotated[pd.DataFrame, "arrow", kwtypes(v=int)]).decode(data)
    pd.testing.assert_frame_equal(back, frame[["v"]])


@pytest.mark.parametrize(
    ("kind", "frame", "word"),
    [
        (pd.DataFrame, pd.DataFrame({"s": [{1, 2}]}), "'s'|column s"),
        (pd.DataFrame, pd.DataFrame([[1, 2]], columns=["a", "a"]), "'a'"),
        (pa.Table, pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"]), "'a'"),
        (pl.DataFrame, pl.DataFrame({"o": [object()]}), "Object|column"),
    ],
    ids=["set", "pandas name twice", "arrow name twice", "polars object"],
)
def test_what_it_does_not_keep_is_refused(kind, frame, word):
    with pytest.raises(DrawloomError, match=word):
        ENGINE.codec(Annotated[kind, "arrow"]).encode(frame)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.__module__.partition('.')[0]}.{kind.__name__}")
def test_what_is_no_arrow_file_is_our_error(kind, tmp_path):
    (tmp_path / "file").write_bytes(b"no arrow file at all")
    literal = pb.Literal()
    literal.scalar.structured_dataset.uri = str(tmp_path / "file")
    literal.scalar.structured_dataset.metadata.structured_dataset_type.format = "arrow"
    with pytest.raises(DrawloomError):
        rows(ENGINE.codec(Annotated[kind, "arrow"]).decode(literal.SerializeToString()))


def test_columns_of_a_local_file_are_mapped_and_not_read():
    codec = ENGINE.codec(Annotated[pa.Table, "arrow"])
    data = codec.encode(pa.table({"a": pa.array(np.arange(1_000_000)), "b": pa.array(np.arange(1_000_000))}))
    before = pa.total_allocated_bytes()
    table = codec.decode(data)
    assert pa.total_allocated_bytes() - before < 1_000_000
    assert table.column("b")[999_999].as_py() == 999_999


def test_equal_tables_are_stored_once():
    codec = ENGINE.codec(Annotated[pa.Table, "arrow"])
    assert codec.encode(made(pa.Table)) == codec.encode(made(pa.Table))


def test_a_folder_of_several_files_is_one_table(tmp_path):
    for number in range(2):
        made(pl.DataFrame).write_ipc(tmp_path / f"{number}.arrow")
    literal = pb.Literal()
    literal.scalar.structured_dataset.uri = str(tmp_path)
    literal.scalar.structured_dataset.metadata.structured_dataset_type.format = "arrow"
    for kind in KINDS:
        back = ENGINE.codec(Annotated[kind, "arrow"]).decode(literal.SerializeToString())
        assert rows(back)["number"] == [3, 1, 2] * 2
    (tmp_path / "year=2020").mkdir()
    Path(tmp_path / "1.arrow").rename(tmp_path / "year=2020" / "1.arrow")
    with pytest.raises(DrawloomError):
        ENGINE.codec(Annotated[pa.Table, "arrow"]).decode(literal.SerializeToString())
