"""What a constant in a workflow loses, because a binding has no place for it, is said; what it keeps is not talked about."""

import warnings

import pytest

from compiler import ConstantLossWarning
from compiler.graph.bind import literal_to_binding
from literals import pb

ONE = pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(integer=1)))


def one(**more):
    literal = pb.Literal(**more)
    literal.MergeFrom(ONE)
    return literal


def wrapped(literal):
    union = pb.Union(value=pb.Literal(collection=pb.LiteralCollection(literals=[literal])))
    return pb.Literal(scalar=pb.Scalar(union=union))


PLACES = {
    "bare": lambda literal: literal,
    "list": lambda literal: pb.Literal(collection=pb.LiteralCollection(literals=[ONE, literal])),
    "dict": lambda literal: pb.Literal(map=pb.LiteralMap(literals={"k": literal})),
    "list in a union": wrapped,
}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize(
    ("more", "lost"),
    [
        ({"hash": "h"}, "loses its hash"),
        ({"metadata": {"tz": "UTC"}}, "loses its time zone"),
        ({"metadata": {"k": "v"}}, "loses its metadata"),
        ({"hash": "h", "metadata": {"tz": "UTC"}}, "loses its hash"),
    ],
)
def test_what_is_lost_is_said(place, more, lost):
    with pytest.warns(ConstantLossWarning, match=lost):
        literal_to_binding(place(one(**more)))


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_what_is_kept_is_not_talked_about(place):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        data = literal_to_binding(place(one()))
    assert "integer: 1" in str(data)
    assert "union" not in str(data)
