"""Draws a type together with a value of it: hints of every kind that drawloom has a row for, nested, with fresh classes."""

import collections
import dataclasses
import datetime as dt
import decimal
import enum
import pathlib
import typing
import uuid

import attrs
import msgspec
import pydantic
from hypothesis import strategies as st

from typeengine.testing import strategy_for

SCALARS = (int, float, str, bool, bytes, dt.datetime, dt.date, dt.time, dt.timedelta, type(None))
TEXTS = (decimal.Decimal, uuid.UUID, pathlib.Path, complex, range)


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Shape(enum.Enum):
    SQUARE = (1, 2)
    LINE = 3.5


class Point(typing.NamedTuple):
    x: int
    y: float = 0.5


class Movie(typing.TypedDict):
    title: str
    year: int


class PartMovie(typing.TypedDict, total=False):
    title: str
    rating: typing.Optional[float]


@dataclasses.dataclass
class Tree:
    value: int
    children: typing.List["Tree"] = dataclasses.field(default_factory=list)
    left: typing.Optional["Tree"] = None


@dataclasses.dataclass(frozen=True)
class Twin:
    a: int


@dataclasses.dataclass(frozen=True)
class OtherTwin:
    a: int


T = typing.TypeVar("T")


@dataclasses.dataclass
class Box(typing.Generic[T]):
    item: T
    more: typing.List[T] = dataclasses.field(default_factory=list)


NAMED = (Colour, Level, Shape, Point, Movie, PartMovie, Tree, Twin, OtherTwin)
LITERALS = (typing.Literal["a", "b"], typing.Literal[1, 2, "c", None], typing.Literal[Colour.RED], typing.Literal[True])
KEYS = (str, int, bool, dt.date, uuid.UUID, Colour, typing.Tuple[int, str], float)


def leaf_types():
    return st.sampled_from((*SCALARS, *TEXTS, *NAMED, *LITERALS))


@st.composite
def _dataclass_of(draw, inner):
    count = draw(st.integers(0, 4))
    fields = [(f"f{index}", draw(inner)) for index in range(count)]
    return dataclasses.make_dataclass("Made", fields, frozen=draw(st.booleans()))


def _hashable(hint):
    return hint in {int, str, bool, dt.date, uuid.UUID, Colour, Twin, Point, bytes, decimal.Decimal}


def container_types(inner):
    return st.one_of(
        inner.map(lambda t: typing.List[t]),
        inner.map(lambda t: typing.Dict[str, t]),
        inner.map(lambda t: typing.Optional[t]),
        st.tuples(inner, inner, inner).map(lambda ts: typing.Union[ts]),
        st.tuples(st.sampled_from(KEYS), inner).map(lambda kv: typing.Dict[kv]),
        inner.map(lambda t: typing.Tuple[t, ...]),
        st.lists(inner, min_size=1, max_size=3).map(lambda ts: typing.Tuple[tuple(ts)]),
        leaf_types().filter(_hashable).map(lambda t: typing.Set[t]),
        leaf_types().filter(_hashable).map(lambda t: typing.FrozenSet[t]),
        inner.map(lambda t: typing.Deque[t]),
        inner.map(lambda t: typing.OrderedDict[str, t]),
        inner.map(lambda t: Box[t]),
        st.sampled_from((str, int)).map(lambda t: typing.Counter[t]),
        _dataclass_of(inner),
    )


def types():
    return st.recursive(leaf_types(), container_types, max_leaves=6)


@st.composite
def typed_values(draw, hints=None):
    """(hint, value)."""
    hint = draw(types() if hints is None else hints)
    return hint, draw(strategy_for(hint))


def exactly_equal(left, right):
    """Equal, and of the same classes all the way down: 1 is not True, and one twin is not the other."""
    if type(left) is not type(right):
        return isinstance(left, pathlib.PurePath) and left == right
    if isinstance(left, dict):
        same = left.keys() == right.keys() and all(exactly_equal(left[key], right[key]) for key in left)
        same = same and {(type(key), key) for key in left} == {(type(key), key) for key in right}
        same = same and getattr(left, "default_factory", None) is getattr(right, "default_factory", None)
        return same and (not isinstance(left, collections.OrderedDict) or list(left) == list(right))
    if isinstance(left, (list, tuple, collections.deque)):
        same = getattr(left, "maxlen", None) == getattr(right, "maxlen", None)
        return same and len(left) == len(right) and all(map(exactly_equal, left, right))
    if isinstance(left, (set, frozenset)):
        return {(type(part), part) for part in left} == {(type(part), part) for part in right}
    if isinstance(left, pydantic.BaseModel):
        names = type(left).model_fields
        return (
            all(exactly_equal(getattr(left, name), getattr(right, name)) for name in names)
            and exactly_equal(left.__pydantic_extra__, right.__pydantic_extra__)
            and exactly_equal(left.__pydantic_private__, right.__pydantic_private__)
        )
    if isinstance(left, msgspec.Struct):
        return all(exactly_equal(getattr(left, name), getattr(right, name)) for name in left.__struct_fields__)
    if attrs.has(type(left)):
        return all(exactly_equal(getattr(left, f.name), getattr(right, f.name)) for f in attrs.fields(type(left)))
    if dataclasses.is_dataclass(left):
        return all(exactly_equal(getattr(left, f.name), getattr(right, f.name)) for f in dataclasses.fields(left))
    if isinstance(left, (dt.datetime, dt.time)):
        same = left == right and left.utcoffset() == right.utcoffset() and left.fold == right.fold
        return same and getattr(left.tzinfo, "key", None) == getattr(right.tzinfo, "key", None)
    if isinstance(left, float):
        return left.hex() == right.hex()
    return left == right
