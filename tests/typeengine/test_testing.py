"""The help for authors of transformers finds each kind of mistake, and passes what is right."""

import dataclasses
import datetime as dt
import decimal
import enum
import pathlib
import typing
import uuid
from collections import Counter, OrderedDict, deque
from typing import Dict, FrozenSet, List, Literal, NamedTuple, Optional, Set, Tuple, TypedDict, Union

import pytest
from hypothesis import given
from hypothesis import strategies as st

from literals import pb
from typeengine import Engine, TypeTransformer, TypeTransformerFailedError
from typeengine.testing import LawBrokenError, check_transformer, strategy_for

T = typing.TypeVar("T")


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


@dataclasses.dataclass
class Node:
    v: int
    color: Color = Color.RED
    kids: List["Node"] = dataclasses.field(default_factory=list)
    when: Optional[dt.datetime] = None


class Pair(NamedTuple):
    a: int
    b: str


class Movie(TypedDict, total=False):
    title: str
    year: int


@dataclasses.dataclass
class Box(typing.Generic[T]):
    item: T


HINTS = [
    int, float, bool, str, bytes, type(None), dt.datetime, dt.date, dt.time, dt.timedelta, decimal.Decimal, uuid.UUID, pathlib.Path,
    complex, range, Color, Literal["a", 1, None], List[int], List[Optional[str]], Dict[str, float], Dict[int, str], Set[int],
    FrozenSet[str], deque[int], Counter[str], OrderedDict[str, int], Tuple[int, str], Tuple[int, ...], Pair, Movie, Node, Box[int],
    Union[int, str], List[List[Dict[str, int]]], dict, Dict[Tuple[int, int], str],
]  # fmt: skip


@pytest.mark.parametrize("hint", HINTS, ids=str)
def test_the_types_of_drawloom_keep_the_laws(hint):
    check_transformer(Engine(), hint, examples=25)


@given(st.sampled_from(HINTS).flatmap(lambda hint: st.tuples(st.just(hint), strategy_for(hint))))
def test_a_strategy_makes_values_that_the_type_accepts(pair):
    hint, value = pair
    assert ENGINE.codec(hint).accepts(value)


ENGINE = Engine()


class Money:
    def __init__(self, cents):
        self.cents = cents

    def __eq__(self, other):
        return isinstance(other, Money) and other.cents == self.cents

    def __hash__(self):
        return hash(self.cents)

    def __repr__(self):
        return f"Money({self.cents})"


VALUES = st.builds(Money, st.integers(0, 10**6))


class MoneyTransformer(TypeTransformer[Money]):
    def __init__(self):
        super().__init__("money", Money)

    def get_literal_type(self, t):
        return pb.LiteralType(simple=pb.SimpleType.Value("INTEGER"))

    def to_literal(self, ctx, python_val, python_type, expected):
        return pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(integer=python_val.cents)))

    def to_python_value(self, ctx, lv, expected_python_type):
        return Money(lv.scalar.primitive.integer)

    def from_binary_idl(self, binary_idl_object, expected_python_type):
        import msgpack

        return Money(msgpack.unpackb(binary_idl_object.value))


def engine_with(transformer):
    engine = Engine()
    engine.register(transformer)
    return engine


def test_a_right_transformer_passes():
    check_transformer(engine_with(MoneyTransformer()), Money, VALUES)


def test_one_line_registrations_pass():
    engine = Engine()
    engine.register_via(Money, int, encode=lambda money: money.cents, decode=Money)
    check_transformer(engine, Money, VALUES)
    check_transformer(engine, List[Money], st.lists(VALUES, max_size=3))


def broken(**methods):
    return engine_with(type("Broken", (MoneyTransformer,), methods)())


def test_a_value_that_does_not_come_back_is_shown_smallest():
    def lossy(self, ctx, lv, expected_python_type):
        return Money(lv.scalar.primitive.integer % 100)

    with pytest.raises(LawBrokenError) as caught:
        check_transformer(broken(to_python_value=lossy), Money, VALUES)
    assert caught.value.law == "round trip"
    assert caught.value.value == Money(100)


def test_a_literal_of_another_type_is_found():
    def text(self, ctx, python_val, python_type, expected):
        return pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(string_value=str(python_val.cents))))

    def back(self, ctx, lv, expected_python_type):
        return Money(int(lv.scalar.primitive.string_value))

    with pytest.raises(LawBrokenError, match="the literal is of the literal type|struct|same bytes"):
        check_transformer(broken(to_literal=text, to_python_value=back), Money, [Money(1)])


def test_a_changed_argument_is_found():
    def greedy(self, ctx, python_val, python_type, expected):
        literal = pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(integer=python_val.cents)))
        python_val.cents = python_val.cents
        python_val.seen = True
        return literal

    engine = broken(to_literal=greedy)
    check_transformer(engine, Money, [Money(1)])
    with pytest.raises(LawBrokenError, match="the argument is not changed|round trip"):
        check_transformer(engine, Money, [Money(1)], equal=lambda left, right: vars(left) == vars(right))


def test_a_foreign_exception_is_found():
    def rude(self, t, v):
        raise KeyError("rude")

    with pytest.raises(LawBrokenError, match="round trip|foreign value"):
        check_transformer(broken(assert_type=rude), Money, [Money(1)])


def test_a_class_that_no_strategy_makes_says_so():
    class Odd:
        def __init__(self, a, /, b):
            self.a = (a, b)

    with pytest.raises(TypeTransformerFailedError, match="no strategy makes values of"):
        strategy_for(Odd)
