"""Which columns of a parquet file have a dictionary and which are kept as differences; every library reads them."""

from __future__ import annotations

import datetime as dt
import io

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from typeengine.contrib.parquet_encodings import layout, write_table

ROWS = 6_000
DRAW = np.random.default_rng(5)
START = dt.datetime(2020, 1, 1, tzinfo=dt.timezone.utc)
DICTIONARY, DIFFERENCES, PLAIN = "RLE_DICTIONARY", "DELTA_BINARY_PACKED", "PLAIN"
COLUMNS = {
    "numbers of a row": (pa.array(range(ROWS)), DIFFERENCES),
    "any 64 bits": (pa.array(DRAW.integers(-(2**63), 2**63 - 1, ROWS)), DIFFERENCES),
    "any unsigned": (pa.array(DRAW.integers(0, 2**64 - 1, ROWS, dtype=np.uint64)), DIFFERENCES),
    "32 bits": (pa.array(DRAW.permutation(ROWS).astype(np.int32)), DIFFERENCES),
    "times": (pa.array([START + dt.timedelta(seconds=n) for n in range(ROWS)], pa.timestamp("ns", "UTC")), DIFFERENCES),
    "days": (pa.array(range(ROWS), pa.int32()).cast(pa.date32()), DIFFERENCES),
    "with gaps": (pa.array([None if n % 100 == 7 else n for n in range(ROWS)]), DIFFERENCES),
    "fractions": (pa.array(DRAW.random(ROWS)), PLAIN),
    "names": (pa.array([f"name {n}" for n in range(ROWS)]), PLAIN),
    "bytes": (pa.array([str(n).encode() for n in range(ROWS)]), PLAIN),
    "a few numbers": (pa.array(DRAW.integers(0, 1000, ROWS)), DICTIONARY),
    "a few words": (pa.array([f"word {n % 50}" for n in range(ROWS)]), DICTIONARY),
    "one after the other": (pa.array([n // 10 for n in range(ROWS)]), DICTIONARY),
    "nothing": (pa.nulls(ROWS, pa.int64()), DICTIONARY),
    "categories": (pa.array([f"c{n % 3}" for n in range(ROWS)]).dictionary_encode(), DICTIONARY),
    "lists": (pa.array([[n % 3, n % 5] for n in range(ROWS)]), DICTIONARY),
    "structs": (pa.array([{"x": n % 3, "y": [str(n % 2)]} for n in range(ROWS)]), DICTIONARY),
    "maps": (pa.array([[("k", n % 3)] for n in range(ROWS)], pa.map_(pa.string(), pa.int64())), DICTIONARY),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_each_column_is_laid_out_by_what_is_in_it_and_comes_back(name, tmp_path):
    column, expected = COLUMNS[name]
    beside = pa.array(range(ROWS))  # which has a layout of its own
    table = pa.table({"c": column, "beside": beside})
    write_table(table, tmp_path / "x")
    with pq.ParquetFile(tmp_path / "x") as file:
        group = file.metadata.row_group(0)
        found = {group.column(at).path_in_schema: set(group.column(at).encodings) for at in range(group.num_columns)}
        assert file.read().equals(table)
    assert DIFFERENCES in found.pop("beside")
    for leaf, encodings in found.items():
        assert expected in encodings, leaf
        assert expected == DICTIONARY or DICTIONARY not in encodings, leaf
    assert {group.column(at).compression for at in range(group.num_columns)} == {"ZSTD"}
    if name != "nothing":
        assert duckdb.read_parquet(str(tmp_path / "x")).to_arrow_table()["beside"].to_pylist() == list(range(ROWS))
        assert (
            pl.read_parquet(tmp_path / "x").get_column("c").to_list() == pl.from_arrow(table).get_column("c").to_list()
        )


def test_the_libraries_read_alike(tmp_path):
    flat = {name: column for name, (column, _) in COLUMNS.items() if not pa.types.is_nested(column.type)}
    table = pa.table(flat)
    write_table(table, tmp_path / "x")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "x"), table.to_pandas())
    assert pl.read_parquet(tmp_path / "x").equals(pl.from_arrow(table))
    theirs = duckdb.read_parquet(str(tmp_path / "x")).to_arrow_table()
    for name in flat:
        assert theirs[name].to_pylist() == [each.as_py() for each in table[name].cast(theirs[name].type)], name


@pytest.mark.parametrize(
    "table",
    [
        pa.table({"few": range(100)}),
        pa.table({}),
        pa.table([pa.array(range(ROWS))] * 2, ["twice", "twice"]),
        pa.table({"with.dot": range(ROWS)}),
    ],
    ids=["few rows", "no columns", "one name twice", "a dot in a name"],
)
def test_what_is_small_or_has_no_clear_name_is_left_to_pyarrow(table):
    assert layout(table) == {"compression": "zstd"}


def test_a_file_is_smaller_than_with_dictionaries_for_all():
    table = pa.table(
        {name: COLUMNS[name][0] for name in ("numbers of a row", "times", "names", "a few words", "fractions")}
    )
    ours, theirs = io.BytesIO(), io.BytesIO()
    write_table(table, ours)
    pq.write_table(table, theirs, compression="zstd")
    assert len(ours.getvalue()) < len(theirs.getvalue())
