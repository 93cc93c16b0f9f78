"""Data frames, schemas and datasets: equal when they come back, whichever library writes and reads them."""

import dataclasses
import datetime as dt
from typing import Annotated, List, Optional

import pandas as pd
import polars
import pyarrow as pa
import pydantic
import pytest

from drawloom.context import FileAccessProvider, using
from literals import DrawloomError
from typeengine import Engine, StructuredDataset, TypeTransformerFailedError, kwtypes
from typeengine.builtin.structured_dataset import StructuredDatasetTransformerEngine

ENGINE = Engine()


@pytest.fixture(autouse=True)
def raw_data(tmp_path):
    with using(file_access=FileAccessProvider(tmp_path / "s", str(tmp_path / "raw"))):
        yield


FRAME = pd.DataFrame(
    {"a": [1, 2], "b": [0.5, None], "s": ["x", "é"], "t": pd.to_datetime(["2020-01-01", "2021-01-01"])}
)


@pytest.mark.parametrize("hint", [pd.DataFrame, Annotated[pd.DataFrame, "parquet"], Optional[pd.DataFrame]], ids=str)
def test_pandas_frames_come_back_equal(hint):
    codec = ENGINE.codec(hint)
    pd.testing.assert_frame_equal(codec.decode(codec.encode(FRAME)), FRAME)


def test_a_bare_frame_is_written_in_the_declared_format():
    codec = ENGINE.codec(Annotated[pd.DataFrame, "csv"])
    literal = codec.encode(FRAME)
    assert b"csv" in literal
    assert codec.decode(literal)["a"].tolist() == [1, 2]


def test_declared_columns_are_what_is_read():
    whole = ENGINE.codec(pd.DataFrame)
    part = ENGINE.codec(Annotated[pd.DataFrame, kwtypes(a=int)])
    assert list(part.decode(whole.encode(FRAME)).columns) == ["a"]


def test_a_frame_of_one_library_is_read_by_another():
    table = ENGINE.codec(pa.Table).decode(ENGINE.codec(pd.DataFrame).encode(FRAME[["a", "s"]]))
    assert table.column("a").to_pylist() == [1, 2]


def test_polars_frames_come_back_equal():
    pl = pytest.importorskip("polars")
    frame = pl.DataFrame({"a": [1, 2], "s": ["x", None]})
    codec = ENGINE.codec(pl.DataFrame)
    assert codec.decode(codec.encode(frame)).equals(frame)
    lazy = ENGINE.codec(pl.LazyFrame)
    assert lazy.decode(lazy.encode(frame.lazy())).collect().equals(frame)


def test_a_dataset_opens_as_any_type_and_passes_on_unread():
    codec = ENGINE.codec(StructuredDataset)
    given = codec.decode(codec.encode(StructuredDataset(dataframe=FRAME)))
    pd.testing.assert_frame_equal(given.open(pd.DataFrame).all(), FRAME)
    assert given.open(pa.Table).all().num_rows == 2
    assert codec.decode(codec.encode(given)) == given
    assert [len(part) for part in given.open(pd.DataFrame).iter()] == [2]


def test_a_dataset_inside_a_dataclass_keeps_its_address():
    @dataclasses.dataclass
    class Report:
        table: StructuredDataset
        more: List[StructuredDataset] = dataclasses.field(default_factory=list)

    codec = ENGINE.codec(Report)
    back = codec.decode(codec.encode(Report(StructuredDataset(dataframe=FRAME))))
    pd.testing.assert_frame_equal(back.table.open(pd.DataFrame).all(), FRAME)
    assert codec.decode(codec.encode(back)) == back


def test_a_handler_is_registered_once():
    handler = StructuredDatasetTransformerEngine.get_encoder(pd.DataFrame, "file", "parquet")
    with pytest.raises(ValueError, match="is registered"):
        StructuredDatasetTransformerEngine.register(handler)


def test_an_unknown_format_lists_what_there_is():
    with pytest.raises(TypeTransformerFailedError) as caught:
        ENGINE.codec(Annotated[pd.DataFrame, "excel"]).encode(FRAME)
    assert "fsspec/parquet" in caught.value.expected


def test_a_schema_takes_a_frame_and_gives_frames():
    from typeengine import FlyteSchema

    codec = ENGINE.codec(FlyteSchema[kwtypes(a=int, s=str)])
    given = codec.decode(codec.encode(FRAME[["a", "s"]]))
    pd.testing.assert_frame_equal(given.open().all(), FRAME[["a", "s"]])
    assert given.open(pa.Table).all().num_rows == 2
    written = FlyteSchema()
    written.open().write(FRAME)
    pd.testing.assert_frame_equal(next(codec.decode(codec.encode(written)).open().iter()), FRAME)
    with pytest.raises(TypeTransformerFailedError, match="one frame"):
        written.open().write(FRAME, FRAME)


def test_a_renderer_shows_frames_and_datasets():
    class Rows:
        def to_html(self, frame):
            return f"<p>{len(frame)} rows</p>"

    StructuredDatasetTransformerEngine.register_renderer(pd.DataFrame, Rows())
    assert StructuredDatasetTransformerEngine.to_html(None, FRAME) == "<p>2 rows</p>"
    assert StructuredDatasetTransformerEngine.to_html(None, StructuredDataset(dataframe=FRAME)) == "<p>2 rows</p>"
    assert "s3://b" in StructuredDatasetTransformerEngine.to_html(None, StructuredDataset(uri="s3://b"))
    with pytest.raises(TypeTransformerFailedError, match="nothing shows"):
        StructuredDatasetTransformerEngine.to_html(None, {"a": 1})


def test_a_dataset_may_stand_for_a_frame():
    codec = ENGINE.codec(pd.DataFrame)
    for given in (StructuredDataset(dataframe=FRAME), ENGINE.codec(StructuredDataset).decode(codec.encode(FRAME))):
        pd.testing.assert_frame_equal(codec.decode(codec.encode(given)), FRAME)


def test_a_frames_hash_travels_and_comes_back():
    from literals import parse, pb
    from typeengine import DataFrame
    from typeengine.builtin.flyte2_files import HashFunction

    hint = Annotated[pd.DataFrame, HashFunction.from_fn(lambda frame: f"rows-{len(frame)}")]
    assert parse(pb.Literal, ENGINE.codec(hint).encode(FRAME)).hash == "rows-2"
    codec = ENGINE.codec(Annotated[DataFrame, HashFunction.from_fn(lambda frame: f"rows-{len(frame)}")])
    given = codec.decode(codec.encode(DataFrame.from_df(FRAME)))
    assert given.hash == "rows-2"
    assert ENGINE.codec(DataFrame).decode(ENGINE.codec(DataFrame).encode(given)).hash == "rows-2"
    with pytest.raises(TypeTransformerFailedError, match="hash function of a frame"):
        ENGINE.codec(Annotated[pd.DataFrame, HashFunction.from_fn(len)]).encode(FRAME)


class Tables(pydantic.BaseModel):
    table: StructuredDataset
    more: List[StructuredDataset] = []


def test_a_dataset_is_a_field_of_a_model():
    codec = ENGINE.codec(Tables)
    back = codec.decode(codec.encode(Tables(table=StructuredDataset(dataframe=FRAME))))
    pd.testing.assert_frame_equal(back.table.open(pd.DataFrame).all(), FRAME)
    assert codec.decode(codec.encode(back)) == back
    with pytest.raises(TypeTransformerFailedError, match="made from an object"):
        codec.from_plain({"table": 5})


DECLARED = kwtypes(a=int, s=str)
FRAMES = {
    "pandas": (pd.DataFrame, pd.DataFrame),
    "pyarrow": (pa.Table, pa.table),
    "batch": (pa.RecordBatch, pa.RecordBatch.from_pydict),
    "polars": (polars.DataFrame, polars.DataFrame),
    "lazy": (polars.LazyFrame, polars.LazyFrame),
}


@pytest.mark.parametrize("library", FRAMES)
def test_declared_columns_are_held_against_what_is_written(library):
    kind, make = FRAMES[library]
    codec = ENGINE.codec(Annotated[kind, DECLARED])
    codec.encode(make({"a": [1], "s": ["x"], "more": [1.5]}))
    with pytest.raises(TypeTransformerFailedError, match="column 's': the frame lacks a column"):
        codec.encode(make({"a": [1]}))
    with pytest.raises(TypeTransformerFailedError, match="column 'a': the column is not of the declared type"):
        codec.encode(make({"a": ["1"], "s": ["x"]}))


def test_a_folder_of_parts_and_one_whose_names_say_columns_are_read(tmp_path):
    for year in (2020, 2021):
        place = tmp_path / "hive" / f"year={year}"
        place.mkdir(parents=True)
        FRAME[["a"]].to_parquet(place / "x.parquet")
    (tmp_path / "parts").mkdir()
    for part in range(3):
        FRAME[["a"]].to_parquet(tmp_path / "parts" / f"{part}.parquet")
    (tmp_path / "parts" / "_SUCCESS").write_text("")
    hive = StructuredDataset(uri=str(tmp_path / "hive"), file_format="parquet")
    parts = StructuredDataset(uri=str(tmp_path / "parts"), file_format="parquet")
    codec = ENGINE.codec(StructuredDataset)
    for kind, shape in (
        (pd.DataFrame, lambda f: f.shape),
        (pa.Table, lambda t: t.shape),
        (polars.DataFrame, lambda f: f.shape),
    ):
        assert shape(codec.decode(codec.encode(hive)).open(kind).all()) == (4, 2)
        assert shape(codec.decode(codec.encode(parts)).open(kind).all()) == (6, 1)
    assert codec.decode(codec.encode(hive)).open(polars.LazyFrame).all().filter(
        polars.col("year") == 2020
    ).collect().shape == (2, 2)


def test_what_is_lazy_reads_nothing_before_it_is_asked(tmp_path):
    lazy, reader = ENGINE.codec(polars.LazyFrame), ENGINE.codec(pa.RecordBatchReader)
    literal = lazy.encode(polars.LazyFrame({"a": [1, 2], "b": [3, 4]}))
    plan = lazy.decode(literal).select("a").filter(polars.col("a") > 1).explain()
    assert "PROJECT 1/2 COLUMNS" in plan
    assert "SELECTION" in plan
    assert reader.decode(literal).read_next_batch().num_rows == 2


def test_an_index_stays_where_only_some_columns_are_read():
    whole = ENGINE.codec(pd.DataFrame)
    part = ENGINE.codec(Annotated[pd.DataFrame, kwtypes(a=int)])
    frame = pd.DataFrame({"a": [1, 2], "b": [3, 4]}, index=pd.Index(["x", "y"], name="key"))
    pd.testing.assert_frame_equal(part.decode(whole.encode(frame)), frame[["a"]])


def test_equal_frames_have_one_address_and_stay_what_they_are(tmp_path):
    codec = ENGINE.codec(pd.DataFrame)
    assert codec.encode(FRAME) == codec.encode(FRAME.copy())


CSV_OF_POLARS = Annotated[polars.DataFrame, "csv"]


def test_polars_frames_travel_as_csv_where_the_text_keeps_them():
    codec = ENGINE.codec(CSV_OF_POLARS)
    frame = polars.DataFrame({"a": [1, 2], "b": [0.5, None], "s": ["x", "é"]})
    assert codec.decode(codec.encode(frame)).equals(frame)
    for column in (["1", "2"], [b"x"], [dt.date(2020, 1, 2)]):
        with pytest.raises(TypeTransformerFailedError, match=r"column 'lost'|cannot be written"):
            codec.encode(polars.DataFrame({"a": [1] * len(column), "lost": column}))


def test_text_that_pandas_noted_stays_text_in_polars():
    literal = ENGINE.codec(Annotated[pd.DataFrame, "csv"]).encode(pd.DataFrame({"s": ["0012", "1"]}))
    assert ENGINE.codec(CSV_OF_POLARS).decode(literal)["s"].to_list() == ["0012", "1"]


class Derived(pd.DataFrame):
    pass


@pytest.mark.parametrize(
    ("value", "says"),
    [(3, "expected: a pandas DataFrame\n"), (Derived(), "expected: a pandas DataFrame, and of no derived class")],
)
def test_what_is_no_frame_of_that_class_is_refused_by_its_name(value, says):
    with pytest.raises(DrawloomError) as caught:
        ENGINE.codec(pd.DataFrame).encode(value)
    assert says in str(caught.value)
