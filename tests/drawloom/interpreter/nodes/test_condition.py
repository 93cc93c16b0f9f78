"""Comparisons of a condition: numbers are one kind, whatever they are written as; other kinds are never equal."""

from __future__ import annotations

import itertools

import msgpack
import pytest

from drawloom.interpreter.nodes.condition import holds
from literals import DrawloomError, pb

EQ, NEQ, GT, GTE, LT, LTE = (
    pb.ComparisonExpression.Operator.Value(name) for name in ("EQ", "NEQ", "GT", "GTE", "LT", "LTE")
)


def primitive(**value):
    return pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(**value)))


def packed(value):
    return pb.Literal(scalar=pb.Scalar(binary=pb.Binary(value=msgpack.packb(value), tag="msgpack")))


def compare(left, operator, right):
    both = pb.BooleanExpression(
        comparison=pb.ComparisonExpression(
            operator=operator, left_value=pb.Operand(var="a"), right_value=pb.Operand(var="b")
        )
    )
    return holds(both, {"a": left.SerializeToString(), "b": right.SerializeToString()}, "n0")


ONE = [primitive(integer=1), primitive(float_value=1.0), packed(1), packed(1.0)]
TWO = [primitive(integer=2), primitive(float_value=2.0), packed(2), packed(2.0)]
OTHERS = [primitive(boolean=True), packed(True), primitive(string_value="1"), packed("1"), packed(None)]


@pytest.mark.parametrize(("left", "right"), [*itertools.product(ONE, ONE)])
def test_an_int_and_a_float_of_one_value_are_equal(left, right):
    assert [compare(left, o, right) for o in (EQ, NEQ, GT, GTE, LT, LTE)] == [True, False, False, True, False, True]


@pytest.mark.parametrize(("left", "right"), [*itertools.product(ONE, TWO)])
def test_an_int_and_a_float_have_an_order(left, right):
    assert [compare(left, o, right) for o in (EQ, NEQ, GT, GTE, LT, LTE)] == [False, True, False, False, True, True]
    assert [compare(right, o, left) for o in (GT, GTE, LT, LTE)] == [True, True, False, False]


@pytest.mark.parametrize(("left", "right"), [*itertools.product(ONE, OTHERS)])
def test_a_number_equals_nothing_of_another_kind_and_has_no_order_with_it(left, right):
    assert (compare(left, EQ, right), compare(left, NEQ, right)) == (False, True)
    with pytest.raises(DrawloomError, match="no order"):
        compare(left, GT, right)
