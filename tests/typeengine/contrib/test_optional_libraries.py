"""Types of libraries that a program may lack: geopandas, safetensors, ONNX, torch, xgboost, lightgbm. Each comes back equal or is refused.

The heavy ones (torch, xgboost, lightgbm) are not installed for development; their tests run where they are.
"""

import contextlib
from typing import Annotated

import numpy as np
import pandas as pd
import pytest

from literals import DrawloomError, parse, pb
from typeengine import Engine, StructuredDataset, UnsupportedTypeError

ENGINE = Engine()


def back(hint, value):
    codec = ENGINE.codec(hint)
    return codec.decode(codec.encode(value))


@pytest.fixture
def gpd():
    pytest.importorskip("geopandas.testing", reason="installed with the tests' extra")
    import geopandas

    return geopandas


def shapes(gpd, **columns):
    from shapely import Point, Polygon, wkt

    geometry = [Point(1.1, 2.2), None, Polygon([(0, 0), (1, 0), (1, 1e-300)]), wkt.loads("POINT Z (1 2 3)"), Point()]
    rows = {"name": ["a", None, "c", "d", "e"], "count": range(5)}
    return gpd.GeoDataFrame({**rows, **columns}, geometry=geometry, crs="EPSG:4326")


def test_a_frame_of_geometries_comes_back_equal(gpd):
    frame = shapes(gpd)
    second = frame.set_index(pd.Index([5, 4, 3, 2, 1], name="key")).assign(other=frame.geometry.to_numpy())
    second["other"] = gpd.GeoSeries(second["other"], crs="EPSG:3857")
    for given in (
        frame,
        second,
        second.set_geometry("other"),
        frame.iloc[:0],
        frame.set_crs(None, allow_override=True),
    ):
        found = back(gpd.GeoDataFrame, given)
        gpd.testing.assert_geodataframe_equal(found, given, check_less_precise=False)
        assert found.crs == given.crs
        assert found.active_geometry_name == given.active_geometry_name
        assert found.index.equals(given.index)


def test_one_column_brings_the_geometry(gpd):
    from drawloom import kwtypes

    data = ENGINE.codec(gpd.GeoDataFrame).encode(shapes(gpd))
    found = ENGINE.codec(Annotated[gpd.GeoDataFrame, kwtypes(count=int)]).decode(data)
    assert (list(found.columns), type(found)) == (["count", "geometry"], gpd.GeoDataFrame)


def test_what_geoparquet_loses_is_refused_by_its_column(gpd):
    import shapely

    ring = gpd.GeoDataFrame(geometry=[shapely.LinearRing([(0, 0), (1, 0), (1, 1)])])
    own = gpd.GeoDataFrame(geometry=[shapely.set_srid(shapely.Point(1, 2), 4326)])
    cells = shapes(gpd, cells=[{1}, {2}, {3}, {4}, {5}])
    twice = shapes(gpd)[["name", "name", "geometry"]]
    for frame, word in ((ring, "geometry"), (own, "geometry"), (cells, "cells"), (twice, "name")):
        with pytest.raises(DrawloomError, match=word):
            ENGINE.codec(gpd.GeoDataFrame).encode(frame)


def test_it_is_never_taken_for_a_plain_frame(gpd):
    with pytest.raises(DrawloomError, match="GeoDataFrame"):
        ENGINE.codec(pd.DataFrame).encode(shapes(gpd))
    with pytest.raises(DrawloomError):
        ENGINE.codec(pd.Series).encode(shapes(gpd).geometry)
    dataset = back(StructuredDataset, StructuredDataset(dataframe=shapes(gpd)))
    gpd.testing.assert_geodataframe_equal(dataset.open(gpd.GeoDataFrame).all(), shapes(gpd))


def test_a_file_without_geometries_is_our_error(gpd):
    data = ENGINE.codec(pd.DataFrame).encode(pd.DataFrame({"a": [1]}))
    with pytest.raises(DrawloomError, match="GeoParquet"):
        ENGINE.codec(gpd.GeoDataFrame).decode(data)


class Derived(pd.DataFrame):
    @property
    def _constructor(self):
        return Derived


def test_a_class_that_derives_from_a_frame_is_refused_where_it_would_be_lost():
    with pytest.raises(DrawloomError, match="derived"):
        ENGINE.codec(pd.DataFrame).encode(Derived({"a": [1]}))
    with pytest.raises(DrawloomError, match="Derived"):
        ENGINE.codec(StructuredDataset).encode(StructuredDataset(dataframe=Derived({"a": [1]})))
    with pytest.raises(UnsupportedTypeError, match="class of the frame"):
        ENGINE.codec(Derived)


ARRAYS = {
    "matrix": np.arange(6, dtype=np.float32).reshape(2, 3),
    "view": np.arange(12).reshape(3, 4).T[::2],
    "none": np.zeros((0, 3), np.int8),
    "one": np.array(True),
    "nan": np.array([np.nan, -0.0, np.inf]),
}


def test_arrays_travel_as_safetensors_in_their_order():
    pytest.importorskip("safetensors", reason="installed with the tests' extra")
    hint = Annotated[dict[str, np.ndarray], "safetensors"]
    literal = parse(pb.Literal, ENGINE.codec(hint).encode(ARRAYS))
    assert literal.scalar.blob.metadata.type.format == "safetensors"
    found = back(hint, ARRAYS)
    assert list(found) == list(ARRAYS)
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(found[name], array)
        assert found[name].dtype == array.dtype
    single = back(Annotated[np.ndarray, "safetensors"], ARRAYS["view"])
    np.testing.assert_array_equal(single, ARRAYS["view"])
    assert back(hint, {}) == {}


@pytest.mark.parametrize(
    "value",
    [
        {"a": np.array(["x"])},
        {"a": np.ma.masked_array([1], [True])},
        {"a": np.arange(3, dtype=">i4")},
        {1: np.arange(2)},
        [1],
    ],
    ids=["text", "masked", "byte order", "number as name", "list"],
)
def test_what_safetensors_does_not_keep_is_refused(value):
    pytest.importorskip("safetensors", reason="installed with the tests' extra")
    with pytest.raises(DrawloomError):
        ENGINE.codec(Annotated[dict[str, np.ndarray], "safetensors"]).encode(value)


@pytest.mark.parametrize("hint", [dict[str, int], dict[int, np.ndarray], int, list[np.ndarray]], ids=str)
def test_safetensors_is_for_tensors(hint):
    with pytest.raises(UnsupportedTypeError, match="tensors"):
        ENGINE.codec(Annotated[hint, "safetensors"])


def test_a_state_dict_travels_as_safetensors():
    torch = pytest.importorskip("torch", reason="too large for the development environment")
    pytest.importorskip("safetensors", reason="installed with the tests' extra")
    model = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))
    hint = Annotated[dict[str, torch.Tensor], "safetensors"]
    found = back(hint, model.state_dict())
    assert list(found) == list(model.state_dict())
    other = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))
    other.load_state_dict(found)
    assert all(torch.equal(one, two) for one, two in zip(model.parameters(), other.parameters(), strict=True))
    shared = torch.arange(6.0)
    tied = back(hint, {"a": shared, "b": shared, "c": shared.reshape(2, 3).T, "h": shared.to(torch.bfloat16)})
    assert torch.equal(tied["c"], shared.reshape(2, 3).T)
    assert tied["h"].dtype is torch.bfloat16
    assert torch.equal(back(Annotated[torch.Tensor, "safetensors"], shared), shared)
    for bad in (model.weight if hasattr(model, "weight") else model[0].weight, torch.eye(2).to_sparse(), 1):
        with pytest.raises(DrawloomError):
            ENGINE.codec(hint).encode({"a": bad})
    with pytest.raises(DrawloomError, match="gradient"):
        ENGINE.codec(Annotated[torch.Tensor, "safetensors"]).encode(torch.ones(2, requires_grad=True))


def test_an_onnx_model_travels_as_its_file():
    onnx = pytest.importorskip("onnx", reason="installed with the tests' extra")
    helper = onnx.helper
    value = helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [2])
    out = helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [2])
    weight = onnx.numpy_helper.from_array(np.ones(2, np.float32), "w")
    graph = helper.make_graph([helper.make_node("Add", ["x", "w"], ["y"])], "g", [value], [out], [weight])
    model = helper.make_model(graph)
    literal = parse(pb.Literal, ENGINE.codec(onnx.ModelProto).encode(model))
    assert literal.scalar.blob.metadata.type.format == "onnx"
    assert back(onnx.ModelProto, model) == model
    assert onnx.load(literal.scalar.blob.uri) == model
    onnx.external_data_helper.set_external_data(model.graph.initializer[0], "weights.bin")
    with pytest.raises(DrawloomError, match="beside"):
        ENGINE.codec(onnx.ModelProto).encode(model)
    with pytest.raises(DrawloomError):
        ENGINE.codec(onnx.ModelProto).encode(graph)


def test_boosters_travel_in_their_own_formats():
    frame, target = np.arange(40.0).reshape(20, 2), np.arange(20) % 2
    with contextlib.suppress(ImportError):
        import xgboost

        booster = xgboost.train({"max_depth": 2}, xgboost.DMatrix(frame, target), 3)
        found = back(xgboost.Booster, booster)
        np.testing.assert_array_equal(found.predict(xgboost.DMatrix(frame)), booster.predict(xgboost.DMatrix(frame)))
        with pytest.raises(UnsupportedTypeError, match="get_booster"):
            ENGINE.codec(xgboost.XGBClassifier)
    with contextlib.suppress(ImportError):
        import lightgbm

        booster = lightgbm.train({"verbose": -1, "min_data_in_leaf": 1}, lightgbm.Dataset(frame, target), 3)
        np.testing.assert_array_equal(back(lightgbm.Booster, booster).predict(frame), booster.predict(frame))
        with pytest.raises(UnsupportedTypeError, match="booster_"):
            ENGINE.codec(lightgbm.LGBMClassifier)
    pytest.importorskip("xgboost", reason="too large for the development environment")
    pytest.importorskip("lightgbm", reason="too large for the development environment")
