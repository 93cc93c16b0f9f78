"""`to_plains` and `from_plains` are `to_plain` and `from_plain` of each, or nothing; and they change nothing."""

import copy
import dataclasses
import datetime as dt
import decimal
import enum
import fractions
import pathlib
import typing
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies.typed import exactly_equal
from typeengine import Engine, TypeTransformerFailedError
from typeengine.testing import strategy_for

ENGINE = Engine()


@dataclasses.dataclass
class Point:
    x: int
    y: typing.Optional[float] = None


@dataclasses.dataclass(frozen=True)
class Frozen:
    name: str
    at: Point = dataclasses.field(default_factory=lambda: Point(1), hash=False)


@dataclasses.dataclass
class Named:
    name: str = dataclasses.field(kw_only=True)
    when: dt.datetime = dataclasses.field(default=dt.datetime(2020, 1, 1, tzinfo=dt.timezone.utc), kw_only=True)
    points: typing.List[Point] = dataclasses.field(default_factory=list, kw_only=True)
    sizes: typing.Dict[str, typing.List[int]] = dataclasses.field(default_factory=dict, kw_only=True)


class Row(typing.TypedDict):
    title: str
    tags: typing.List[str]


class Color(enum.Enum):
    RED = "red"
    BLUE = "BLUE"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


@dataclasses.dataclass
class Mixed:
    """A field of each kind that has a conversion of whole lists."""

    color: Color
    level: Level
    at: typing.Optional[Point] = None
    when: typing.Optional[dt.datetime] = None
    id: uuid.UUID = uuid.UUID(int=1)
    price: decimal.Decimal = decimal.Decimal(1)
    pair: typing.Tuple[int, Point] = (1, Point(2))
    mode: typing.Literal["r", "w"] = "r"
    points: typing.Optional[typing.List[Point]] = None


HINTS = [
    Color,
    Level,
    typing.Optional[Point],
    typing.Optional[typing.List[Point]],
    typing.Optional[typing.Dict[str, int]],
    typing.Optional[dt.datetime],
    uuid.UUID,
    decimal.Decimal,
    fractions.Fraction,
    pathlib.Path,
    typing.Tuple[int, str],
    typing.Tuple[Point, typing.Optional[Point], Color],
    typing.Literal["a", "b"],
    typing.Literal[1, 2],
    Mixed,
    int,
    float,
    str,
    bool,
    type(None),
    typing.Optional[int],
    typing.Union[int, str],
    dt.datetime,
    dt.timedelta,
    typing.List[int],
    typing.List[typing.List[str]],
    typing.Dict[str, float],
    typing.Dict[str, typing.List[Point]],
    Point,
    Frozen,
    Named,
    Row,
    typing.List[Frozen],
]
STRANGERS = [
    None,
    True,
    1,
    1.5,
    "a",
    b"b",
    [],
    [1, "a"],
    {},
    {"a": 1},
    {1: 2},
    {"x": 1, "y": 2, "z": 3},
    Point("no"),
    "red",
    "RED",
    Color.RED,
    Level.LOW,
    2,
    (1, "a"),
    [1, {"x": 1, "y": None}],
    {"drawloom.variant": 0, "value": {"x": 1, "y": None}},
    {"drawloom.variant": 1, "value": None},
    "1/2",
    "00000000-0000-0000-0000-000000000001",
    uuid.UUID(int=3),
]


def tried(convert, values):
    try:
        return [convert(value) for value in values]
    except TypeTransformerFailedError:
        return None


@pytest.mark.parametrize("hint", HINTS, ids=str)
@given(data=st.data())
def test_values_of_a_type_are_converted_together_as_they_are_one_by_one(hint, data):
    codec = ENGINE.codec(hint)
    values = data.draw(st.lists(strategy_for(hint), max_size=5))
    wanted = [codec.to_plain(value) for value in values]
    before = copy.deepcopy(values)
    assert codec.to_plains is not None
    assert codec.from_plains is not None
    found = codec.to_plains(values)
    assert found is None or exactly_equal(found, wanted)
    trees = copy.deepcopy(wanted)
    back = codec.from_plains(trees)
    assert back is None or exactly_equal(back, before)
    assert exactly_equal(trees, wanted)
    assert exactly_equal(values, before)


@pytest.mark.parametrize("hint", HINTS, ids=str)
@given(data=st.data())
def test_what_is_no_value_of_the_type_is_left_to_the_conversion_one_by_one(hint, data):
    codec = ENGINE.codec(hint)
    values = data.draw(st.lists(strategy_for(hint), max_size=3))
    stranger = data.draw(st.sampled_from(STRANGERS))
    for convert, whole, given_values in (
        (codec.to_plain, codec.to_plains, [*values, stranger]),
        (codec.from_plain, codec.from_plains, [*tried(codec.to_plain, values), stranger]),
    ):
        wanted = tried(convert, copy.deepcopy(given_values))
        found = whole(copy.deepcopy(given_values))
        assert found is None or (wanted is not None and exactly_equal(found, wanted))


def test_records_with_fields_of_each_kind_are_converted_a_field_at_a_time():
    codec = ENGINE.codec(Mixed)
    values = [Mixed(Color.RED, Level.LOW), Mixed(Color.BLUE, Level.HIGH, Point(1), points=[Point(2)], mode="w")]
    found = codec.to_plains(values)
    assert found == [codec.to_plain(value) for value in values]
    assert codec.from_plains(found) == values


class Shouting(enum.Enum):
    """An enum whose values are of a class with code of its own."""

    LOUD = Point(1)


class Own(decimal.Decimal):
    """A class of the user's."""


@pytest.mark.parametrize("hint", [Shouting, Own, typing.NamedTuple("Pair", [("a", int)])], ids=str)
def test_what_may_run_the_users_code_is_converted_one_by_one(hint):
    codec = ENGINE.codec(hint)
    assert codec.to_plains is None
    assert codec.from_plains is None


def test_a_constructor_of_the_users_own_runs_for_each_value():
    made = []

    @dataclasses.dataclass
    class Own:
        a: int

        def __init__(self, a):
            made.append(a)
            self.a = a * 2

    codec = ENGINE.codec(typing.List[Own])
    data = codec.encode([Own(1), Own(2)])
    made.clear()
    assert [one.a for one in codec.decode(data)] == [4, 8]
    assert made == [2, 4]


@pytest.mark.parametrize("value", [2**64, -(2**63) - 1])
@pytest.mark.parametrize("hint", [typing.Dict[int, int], Point, typing.List[Point]], ids=str)
def test_an_int_of_more_than_64_bits_is_refused_wherever_it_is(hint, value):
    codec = ENGINE.codec(hint)
    made = {typing.List[Point]: [Point(value)], Point: Point(value)}.get(hint, {1: value})
    with pytest.raises(TypeTransformerFailedError, match="64 bits|int between"):
        codec.encode(made)


def test_an_unsigned_int_in_a_record_comes_back_as_peers_write_it():
    codec = ENGINE.codec(Named)
    value = Named(name="a", points=[Point(2**63)], sizes={"a": [2**64 - 1]})
    assert codec.decode(codec.encode(value)) == value
