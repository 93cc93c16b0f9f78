"""`get_transformer` gives an instance of the class of the type's kind, which programs tell kinds of types by."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import typing

import pytest
from google.protobuf.struct_pb2 import Struct

import typeengine
from typeengine import SimpleTransformer, TypeEngine, TypeTransformer
from typeengine.kind_transformers import KindTransformer

numpy = pytest.importorskip("numpy")
pydantic = pytest.importorskip("pydantic")


class Colour(enum.Enum):
    RED = "r"


@dataclasses.dataclass
class Point:
    x: int


class Model(pydantic.BaseModel):
    x: int


KINDS = [
    (typing.List[int], "ListTransformer", "Typed List", list, [1]),
    (list, "ListTransformer", "Typed List", list, [1]),
    (typing.Annotated[typing.List[int], "note"], "ListTransformer", "Typed List", list, [1]),
    (typing.Dict[str, int], "DictTransformer", "Typed Dict", dict, {"a": 1}),
    (dict, "DictTransformer", "Typed Dict", dict, {"a": 1}),
    (typing.Union[int, str], "UnionTransformer", "Typed Union", typing.Union, 1),
    (typing.Optional[int], "UnionTransformer", "Typed Union", typing.Union, None),
    (Colour, "EnumTransformer", "DefaultEnumTransformer", enum.Enum, Colour.RED),
    (Point, "DataclassTransformer", "Object-Dataclass-Transformer", object, Point(1)),
    (Model, "PydanticTransformer", "Pydantic Transformer", Model, Model(x=1)),
    (Struct, "ProtobufTransformer", "Protobuf-Transformer", Struct, Struct()),
    (typeengine.FlyteFile, "FlyteFilePathTransformer", "FlyteFilePath", typeengine.FlyteFile, None),
    (
        typeengine.FlyteDirectory,
        "FlyteDirToMultipartBlobTransformer",
        "FlyteDirectory",
        typeengine.FlyteDirectory,
        None,
    ),
    (typeengine.FlyteSchema, "FlyteSchemaTransformer", "FlyteSchema Transformer", typeengine.FlyteSchema, None),
    (typing.Iterator[int], "IteratorTransformer", "Typed Iterator", typing.Iterator, None),
    (numpy.ndarray, "NumpyArrayTransformer", "Numpy Array", numpy.ndarray, None),
]


@pytest.mark.parametrize(
    ("hint", "kind", "name", "python_type", "value"), KINDS, ids=[str(i) for i in range(len(KINDS))]
)
def test_the_transformer_is_of_its_kind(hint, kind, name, python_type, value):
    found = TypeEngine.get_transformer(hint)
    assert type(found) is getattr(typeengine, kind)
    assert isinstance(found, TypeTransformer)
    assert (found.name, found.python_type) == (name, python_type)
    assert found.get_literal_type() == found.get_literal_type(hint) == TypeEngine.to_literal_type(hint)
    if value is not None:
        literal = found.to_literal(None, value, hint, None)
        assert literal == TypeEngine.to_literal(None, value, hint)
        assert found.to_python_value(None, literal, hint) == value
        whole = type(found)()
        assert whole.get_literal_type(hint) == found.get_literal_type()
        assert whole.to_python_value(None, whole.to_literal(None, value, hint, None), hint) == value


@pytest.mark.parametrize(
    ("hint", "value"),
    [(int, 1), (float, 0.5), (bool, True), (str, "a"), (dt.date, dt.date(2020, 1, 2)), (dt.timedelta, dt.timedelta(1)),
     (dt.datetime, dt.datetime(2020, 1, 2, tzinfo=dt.timezone.utc)), (type(None), None)],
    ids=range(8),
)  # fmt: skip
def test_plain_values_have_a_simple_transformer(hint, value):
    found = TypeEngine.get_transformer(hint)
    assert type(found) is SimpleTransformer
    assert (found.base_type, found.python_type) == (hint, hint)
    literal = found.to_literal(None, value, hint)
    assert literal == TypeEngine.to_literal(None, value, hint)
    assert found.to_python_value(None, literal, hint) == value
    assert found.get_literal_type() == TypeEngine.to_literal_type(hint)
    assert found.guess_python_type(TypeEngine.to_literal_type(hint)) is hint


def test_what_has_no_class_of_its_own_is_a_transformer_all_the_same():
    found = TypeEngine.get_transformer(typing.Tuple[int, str])
    assert type(found) is KindTransformer
    assert found.python_type == tuple[int, str]
