"""Guessing a record's Python type: what is registered for a JSON schema inside it is found by its transformer."""

from __future__ import annotations

import dataclasses
import typing

import pydantic
import pytest

from literals import pb
from typeengine import TypeEngine, TypeTransformer, default_engine, guess_python_type


class Place(pydantic.BaseModel):
    x: float
    y: float


class Money:
    """A class that is no model: its transformer says itself what it takes."""


class OfPlaces(TypeTransformer[Place]):
    def __init__(self):
        super().__init__("Place", Place)

    def get_literal_type(self, t=None):
        return pb.LiteralType(simple=pb.SimpleType.STRUCT)

    def to_literal(self, ctx, python_val, python_type, expected):
        raise NotImplementedError

    def to_python_value(self, ctx, lv, expected_python_type):
        raise NotImplementedError


class OfMoney(OfPlaces):
    def __init__(self):
        TypeTransformer.__init__(self, "Money", Money)

    def schema_match(self, schema):
        return schema.get("title") == "Price"


class Price(pydantic.BaseModel):
    cents: int


class Other(pydantic.BaseModel):
    """As Place, with one field that need not be given."""

    x: float
    y: float = 0.0


class One(pydantic.BaseModel):
    it: Place


class Many(pydantic.BaseModel):
    it: list[Place]


class Named(pydantic.BaseModel):
    it: dict[str, Place]


class Deep(pydantic.BaseModel):
    it: list[dict[str, list[Place]]]


class Maybe(pydantic.BaseModel):
    it: typing.Optional[Place] = None  # noqa: UP045 - the peers' spelling


class Costs(pydantic.BaseModel):
    it: Price


class Elsewhere(pydantic.BaseModel):
    it: Other


class Inside(pydantic.BaseModel):
    it: One


@pytest.fixture
def _registered(monkeypatch):
    engine = default_engine()
    monkeypatch.setattr(engine, "_registry", engine.registry)
    TypeEngine.register(OfPlaces())
    TypeEngine.register(OfMoney())


def hint(model):
    guessed = TypeEngine.guess_python_type(TypeEngine.to_literal_type(model))
    assert dataclasses.is_dataclass(guessed)
    return typing.get_type_hints(guessed)["it"]


@pytest.mark.usefixtures("_registered")
@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (One, Place),
        (Many, typing.List[Place]),  # noqa: UP006 - as flytekit shows it
        (Named, typing.Dict[str, Place]),  # noqa: UP006 - same
        (Deep, typing.List[typing.Dict[str, typing.List[Place]]]),  # noqa: UP006 - same
        (Maybe, Place | None),
        (Costs, Money),
    ],
    ids=lambda each: getattr(each, "__name__", "type"),
)
def test_what_is_registered_is_found_at_every_depth(model, expected):
    assert hint(model) == expected


@pytest.mark.usefixtures("_registered")
def test_a_record_inside_a_record_holds_what_is_registered():
    assert typing.get_type_hints(hint(Inside))["it"] is Place


@pytest.mark.usefixtures("_registered")
def test_a_model_of_other_fields_is_no_registered_one_and_nor_is_the_record_itself():
    assert hint(Elsewhere) is not Place
    assert dataclasses.is_dataclass(hint(Elsewhere))
    kind = pb.LiteralType(simple=pb.SimpleType.STRUCT)
    kind.metadata.update(Price.model_json_schema())
    assert TypeEngine.guess_python_type(kind) is not Money


def test_without_a_registration_the_same_record_is_made_to_the_schema():
    assert hint(One) is not Place
    kind = TypeEngine.to_literal_type(One)
    assert guess_python_type(kind) is TypeEngine.guess_python_type(kind)


@pytest.mark.parametrize(
    ("transformer", "schema", "takes"),
    [
        (OfPlaces(), Place.model_json_schema(), True),
        (OfPlaces(), {**Place.model_json_schema(), "title": "Spot"}, False),
        (OfPlaces(), Other.model_json_schema(), False),
        (OfPlaces(), {}, False),
        (OfMoney(), {"title": "Price"}, True),
        (OfMoney(), {"title": "Money"}, False),
    ],
    ids=["its-own", "another-title", "other-required-fields", "nothing", "its-own-rule", "not-by-class"],
)
def test_which_schema_is_a_transformer_s(transformer, schema, takes):
    assert transformer.schema_match(schema) is takes
