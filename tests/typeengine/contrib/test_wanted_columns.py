"""A frame is read with the columns that its hint names; one that the data lack is told by its name, whoever reads them."""

from typing import Annotated

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from drawloom.context import FileAccessProvider, using
from typeengine import Engine, StructuredDataset, TypeTransformerFailedError, kwtypes

ENGINE = Engine()
FRAME = pd.DataFrame({"a": [1, 2], "b": ["x", "y"], "c": [0.5, 1.5]})
LIBRARIES = {
    "pandas": pd.DataFrame,
    "polars": pl.DataFrame,
    "lazy": pl.LazyFrame,
    "table": pa.Table,
    "batch": pa.RecordBatch,
    "reader": pa.RecordBatchReader,
    "duckdb": duckdb.DuckDBPyRelation,
}
FORMATS = {
    "pandas": ["parquet", "csv", "arrow"],
    "polars": ["parquet", "csv", "arrow"],
    "lazy": ["parquet"],
    "duckdb": ["parquet"],
}
CASES = [(name, form) for name in LIBRARIES for form in FORMATS.get(name, ["parquet", "arrow"])]


@pytest.fixture(autouse=True)
def _stores_here(tmp_path):
    with using(file_access=FileAccessProvider(tmp_path / "s", str(tmp_path / "raw"))):
        yield


def names_of(frame):
    if isinstance(frame, pl.LazyFrame):
        return frame.collect().columns
    if isinstance(frame, pa.RecordBatchReader):
        return frame.read_all().column_names
    if isinstance(frame, pa.RecordBatch):
        return frame.schema.names
    return list(frame.column_names if isinstance(frame, pa.Table) else frame.columns)


def written(form):
    return ENGINE.codec(Annotated[pd.DataFrame, form]).encode(FRAME)


@pytest.mark.parametrize(("name", "form"), CASES)
def test_what_the_hint_names_is_read(name, form):
    codec = ENGINE.codec(Annotated[LIBRARIES[name], kwtypes(a=int, c=float), form])
    assert sorted(names_of(codec.decode(written(form)))) == ["a", "c"]


@pytest.mark.parametrize(("name", "form"), CASES)
def test_a_column_that_is_not_there_is_told(name, form):
    codec = ENGINE.codec(Annotated[LIBRARIES[name], kwtypes(a=int, zz=int), form])
    # What is lazy is read by polars itself, in the task.
    with pytest.raises(pl.exceptions.ColumnNotFoundError if name == "lazy" else TypeTransformerFailedError) as caught:
        names_of(codec.decode(written(form)))
    assert "zz" in str(caught.value)


def test_a_dataset_that_is_opened_later_tells_it_then():
    codec = ENGINE.codec(Annotated[StructuredDataset, kwtypes(zz=int)])
    found = codec.decode(ENGINE.codec(pd.DataFrame).encode(FRAME))
    with pytest.raises(TypeTransformerFailedError, match="zz"):
        found.open(pd.DataFrame).all()
