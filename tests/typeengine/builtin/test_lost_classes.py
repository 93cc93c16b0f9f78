"""What would come back as another class is refused: when it is compiled and when it is run, by one rule."""

from __future__ import annotations

import ipaddress
import pathlib
import uuid
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, NamedTuple, Optional, Union

import attrs
import msgspec
import pydantic
import pytest

from drawloom import task, workflow
from literals import DrawloomError
from typeengine import UnsupportedTypeError, default_engine

ENGINE = default_engine()


@dataclass
class Base:
    a: int = 1


@dataclass
class Same(Base):
    pass


@attrs.define
class AttrsBase:
    a: int = 1


@attrs.define
class AttrsSame(AttrsBase):
    pass


class ModelBase(pydantic.BaseModel):
    a: int = 1


class ModelSame(ModelBase):
    pass


class StructBase(msgspec.Struct):
    a: int = 1


class StructSame(StructBase):
    pass


FAMILIES = [(Base, Same), (AttrsBase, AttrsSame), (ModelBase, ModelSame), (StructBase, StructSame)]


def flows(up, down):
    """Whether an output of the one type may be given to an input of the other."""

    def gives() -> up:
        raise NotImplementedError

    def takes(x: down) -> None:
        """Never called."""

    source, target = task(gives), task(takes)

    def body() -> None:
        target(x=source())

    workflow(body).compile()


class Hints(NamedTuple):
    up: Any
    down: Any
    fits: bool


def hints_of(base, same):
    yield Hints(same, same, fits=True)
    yield Hints(base, base, fits=True)
    yield Hints(same, base, fits=False)
    yield Hints(same, Union[base, same], fits=True)
    for of in (lambda t: list[t], lambda t: dict[str, t], lambda t: Optional[t], lambda t: list[dict[str, t]]):
        yield Hints(of(same), of(base), fits=False)
        yield Hints(of(same), of(same), fits=True)


@pytest.mark.parametrize("pair", FAMILIES, ids=lambda pair: pair[0].__name__)
def test_compiling_and_running_have_one_rule(pair):
    base, same = pair
    with pytest.raises(DrawloomError, match="lose that it is a"):
        ENGINE.codec(base).encode(same())
    for hints in hints_of(base, same):
        if hints.fits:
            flows(hints.up, hints.down)
            continue
        with pytest.raises(DrawloomError, match="lose that it is a"):
            flows(hints.up, hints.down)


class MyDecimal(Decimal):
    pass


class MyFraction(Fraction):
    pass


class MyUUID(uuid.UUID):
    pass


class MyAddress(ipaddress.IPv4Address):
    pass


TEXTS = [
    (Decimal, Decimal("1.50"), MyDecimal("1.50")),
    (Fraction, Fraction(1, 3), MyFraction(1, 3)),
    (uuid.UUID, uuid.UUID(int=1), MyUUID(int=1)),
    (ipaddress.IPv4Address, ipaddress.IPv4Address("1.2.3.4"), MyAddress("1.2.3.4")),
]


@pytest.mark.parametrize(("hint", "value", "subclass"), TEXTS, ids=lambda v: str(v)[:20])
def test_a_subclass_of_what_travels_as_text_is_refused(hint, value, subclass):
    codec = ENGINE.codec(hint)
    assert type(codec.decode(codec.encode(value))) is hint
    with pytest.raises(DrawloomError, match="lose that it is a My"):
        codec.encode(subclass)


def test_a_path_is_the_systems_own():
    codec = ENGINE.codec(pathlib.Path)
    assert type(codec.decode(codec.encode(pathlib.Path("a")))) is type(pathlib.Path("a"))


BARE = [
    (dict, {"a": (1, 2)}),
    (dict, {"a": {"b": [1, (2,)]}}),
    (list, [(1, 2)]),
    (list, [{"a": ()}]),
    (Annotated[list, "note"], [[(1,)]]),
]


@pytest.mark.parametrize(("hint", "value"), BARE, ids=str)
def test_a_tuple_in_a_bare_container_is_refused(hint, value):
    with pytest.raises(DrawloomError, match="no tuple, which would come back as a list"):
        ENGINE.codec(hint).encode(value)


@pytest.mark.parametrize("value", [{"a": [1, {"b": None}], 2: b"x"}, {}, {"a": 1.5, "b": "t", "c": True}], ids=str)
def test_plain_values_of_a_bare_dict_come_back(value):
    codec = ENGINE.codec(dict)
    assert codec.decode(codec.encode(value)) == value


def test_no_type_is_still_an_error_of_the_type():
    with pytest.raises(UnsupportedTypeError):
        ENGINE.codec(dict[str, object])
