"""Each data type in each place where a value may be: it comes back equal, or is refused when the task is decorated."""

import dataclasses
import itertools
import pathlib
from os import PathLike
from typing import Annotated, Dict, List, Optional, Union

import attrs
import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd
import polars as pl
import pyarrow as pa
import pydantic
import pytest
import scipy.sparse
from matplotlib.figure import Figure
from PIL import Image
from sklearn.linear_model import LinearRegression

from drawloom import FlyteDirectory, FlyteFile, FlyteSchema, StructuredDataset, conditional, map_task, task, workflow
from drawloom.io import DataFrame, Dir, File
from typeengine import Pickle, UnsupportedTypeError

FRAME = pd.DataFrame({"a": [1, 2], "s": ["x", None]})
TABLE = pa.table({"a": [1, 2]})


@pytest.fixture(autouse=True)
def _files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pathlib.Path("f.txt").write_text("hello")
    pathlib.Path("d/sub").mkdir(parents=True)
    pathlib.Path("d/sub/a.txt").write_text("a")


def text(value):
    return pathlib.Path(value).read_text()


def tree(folder):
    root = pathlib.Path(folder)
    return {str(one.relative_to(root)): one.read_text() for one in root.rglob("*") if one.is_file()}


def array(value):
    return type(value), value.dtype, value.shape, value.tobytes()


def schema():
    made = FlyteSchema()
    made.open().write(FRAME)
    return made


def figure():
    made = Figure()
    made.add_subplot().set_title("t")
    return made


def frame(value):
    return type(value), value.to_dict("tight")


TYPES = {
    "FlyteFile": (FlyteFile, lambda: FlyteFile("f.txt"), text),
    "FlyteFile[txt]": (FlyteFile["txt"], lambda: FlyteFile["txt"]("f.txt"), text),
    "FlyteDirectory": (FlyteDirectory, lambda: FlyteDirectory("d"), tree),
    "File": (File, lambda: File.from_local_sync("f.txt"), lambda value: text(value.path)),
    "Dir": (Dir, lambda: Dir.from_local_sync("d"), lambda value: tree(value.path)),
    "Path": (pathlib.Path, lambda: pathlib.Path("f.txt").absolute(), text),
    "PathLike": (PathLike, lambda: pathlib.Path("f.txt").absolute(), text),
    "bytes": (bytes, lambda: b"\x00x", lambda value: value),
    "StructuredDataset": (
        StructuredDataset,
        lambda: StructuredDataset(dataframe=FRAME),
        lambda value: frame(value.dataframe if value.dataframe is not None else value.open(pd.DataFrame).all()),
    ),
    "DataFrame": (
        DataFrame,
        lambda: DataFrame.from_df(FRAME),
        lambda value: frame(value.val if value.val is not None else value.open(pd.DataFrame).all_sync()),
    ),
    "FlyteSchema": (FlyteSchema, schema, lambda value: frame(value.open().all())),
    "pandas.DataFrame": (pd.DataFrame, lambda: FRAME, frame),
    "pandas.Series": (pd.Series, lambda: pd.Series([1, 2], ["x", "y"], name=0), lambda v: frame(v.to_frame())),
    "pandas.Index": (pd.Index, lambda: pd.Index([1, 2], name="k"), lambda v: (type(v), v.name, v.dtype, list(v))),
    "pandas.Timestamp": (pd.Timestamp, lambda: pd.Timestamp(1603589400000000001, tz="Europe/Berlin"), repr),
    "pandas.Timedelta": (pd.Timedelta, lambda: pd.Timedelta(-5, "ns"), repr),
    "polars.DataFrame": (pl.DataFrame, lambda: pl.DataFrame({"a": [1]}), lambda value: (type(value), value.to_dicts())),
    "polars.LazyFrame": (
        pl.LazyFrame, lambda: pl.LazyFrame({"a": [1]}), lambda value: (type(value), value.collect().to_dicts()),
    ),
    "polars.Series": (pl.Series, lambda: pl.Series("n", [1, None]), lambda value: (value.name, value.to_list())),
    "pyarrow.Table": (pa.Table, lambda: TABLE, lambda value: (type(value), value.schema, value.to_pylist())),
    "pyarrow.RecordBatch": (
        pa.RecordBatch, lambda: TABLE.to_batches()[0], lambda value: (type(value), value.schema, value.to_pylist()),
    ),
    "pyarrow.RecordBatchReader": (
        pa.RecordBatchReader, TABLE.to_reader, lambda value: (type(value), value.read_all().to_pylist()),
    ),
    "duckdb": (duckdb.DuckDBPyRelation, lambda: duckdb.sql("select 1 as a"), lambda value: (type(value), value.fetchall())),
    "ndarray": (np.ndarray, lambda: np.arange(4).reshape(2, 2), array),
    "NDArray[int8]": (npt.NDArray[np.int8], lambda: np.arange(4, dtype=np.int8), array),
    "recarray": (np.recarray, lambda: np.rec.array([(1, 2.0)], dtype=[("a", int), ("b", float)]), array),
    "MaskedArray": (
        np.ma.MaskedArray,
        lambda: np.ma.array([1, 2], mask=[0, 1], fill_value=7),
        lambda value: (array(value.data), array(value.mask), value.fill_value),
    ),
    "int64": (np.int64, lambda: np.int64(3), lambda value: (type(value), value)),
    "float32": (np.float32, lambda: np.float32(0.1), lambda value: (type(value), value)),
    "datetime64": (np.datetime64, lambda: np.datetime64("2020-01-01"), lambda value: value),
    "csr_matrix": (
        scipy.sparse.csr_matrix,
        lambda: scipy.sparse.csr_matrix(np.eye(3)),
        lambda value: (type(value), array(value.toarray())),
    ),
    "coo_array": (
        scipy.sparse.coo_array,
        lambda: scipy.sparse.coo_array(np.eye(3)),
        lambda value: (type(value), array(value.toarray())),
    ),
    "lil_matrix": (scipy.sparse.lil_matrix, lambda: scipy.sparse.lil_matrix((2, 2)), lambda value: value),
    "Image": (Image.Image, lambda: Image.new("RGB", (3, 2), (1, 2, 3)), lambda value: (value.mode, value.tobytes())),
    "Figure": (Figure, figure, lambda value: value),
    "estimator": (LinearRegression, LinearRegression, lambda value: value),
    "pickled figure": (Annotated[Figure, Pickle], figure, lambda value: value.axes[0].get_title()),
    "pickled estimator": (
        Annotated[LinearRegression, Pickle], lambda: LinearRegression(fit_intercept=False), lambda value: value.get_params(),
    ),
}  # fmt: skip
REFUSED = {"datetime64", "lil_matrix", "Figure", "estimator"}
_numbers = itertools.count()


def named(function, parameters, result):
    function.__name__ = function.__qualname__ = f"made_{next(_numbers)}"
    function.__annotations__ = {**parameters, "return": result}
    return function


def identity(hint, *default):
    def made(x):
        return x

    made.__defaults__ = default
    return task(named(made, {"x": hint}, hint))


def bare(hint, make):
    return identity(hint)(x=make())


def optional(hint, make):
    there = identity(Optional[hint])
    assert there(x=None) is None
    return there(x=make())


def in_list(hint, make):
    return identity(List[hint])(x=[make(), make()])[1]


def in_dict(hint, make):
    return identity(Dict[str, hint])(x={"k": make()})["k"]


def nested(hint, make):
    return identity(Dict[str, List[Optional[hint]]])(x={"k": [None, make()]})["k"][1]


def in_union(hint, make):
    either = identity(Union[int, hint])
    assert either(x=3) == 3
    return either(x=make())


def in_dataclass(hint, make):
    record = dataclasses.make_dataclass("Record", [("v", hint)])
    return identity(record)(x=record(v=make())).v


def in_dataclasses(hint, make):
    inner = dataclasses.make_dataclass("Inner", [("v", hint)])
    outer = dataclasses.make_dataclass("Outer", [("many", List[inner])])
    return identity(outer)(x=outer(many=[inner(v=make())])).many[0].v


def in_model(hint, make):
    config = pydantic.ConfigDict(arbitrary_types_allowed=True)
    model = pydantic.create_model("Model", __config__=config, v=(hint, ...))
    return identity(model)(x=model(v=make())).v


def in_attrs(hint, make):
    record = attrs.make_class("Attrs", {"v": attrs.field(type=hint)})
    return identity(record)(x=record(v=make())).v


def default(hint, make):
    return identity(hint, make())()


def mapped(hint, make):
    each = identity(hint)

    def made(xs):
        return map_task(each)(x=xs)

    return workflow(named(made, {"xs": List[hint]}, List[hint]))(xs=[make(), make()])[1]


def branch(hint, make):
    each = identity(hint)

    def made(x, flag):
        return conditional("c").if_(flag.is_true()).then(each(x=x)).else_().then(each(x=x))

    return workflow(named(made, {"x": hint, "flag": bool}, hint))(x=make(), flag=False)


PLACES = [
    bare, optional, in_list, in_dict, nested, in_union, in_dataclass, in_dataclasses, in_model, in_attrs, default, mapped,
    branch,
]  # fmt: skip


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
@pytest.mark.parametrize("name", TYPES)
def test_a_value_comes_back_equal_or_its_type_is_refused(name, place):
    hint, make, essence = TYPES[name]
    if name in REFUSED:
        with pytest.raises(UnsupportedTypeError):
            place(hint, make)
        return
    assert essence(place(hint, make)) == essence(make())


@pytest.mark.parametrize("hint", [Figure, LinearRegression])
def test_what_only_pickle_keeps_says_so(hint):
    with pytest.raises(UnsupportedTypeError, match=rf"Annotated\[{hint.__name__}, Pickle\]"):
        identity(hint)
