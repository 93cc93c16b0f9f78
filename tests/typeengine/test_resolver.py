"""LiteralsResolver: literals by name, converted when they are asked for."""

import dataclasses
from typing import List, NamedTuple

import pytest

from literals import parse, pb
from typeengine import Engine, LiteralsResolver, MissingLiteralError, TypeTransformerFailedError

ENGINE = Engine()


@dataclasses.dataclass
class Point:
    x: int


class Interface(NamedTuple):
    outputs: dict
    output_tuple_name: str | None = None


def literal(hint, value):
    return parse(pb.Literal, ENGINE.codec(hint).encode(value))


def variable(hint):
    return pb.Variable(type=ENGINE.codec(hint).literal_type)


@pytest.fixture
def resolver():
    literals = {"n": literal(int, 5), "xs": literal(List[int], [1]), "p": ENGINE.codec(Point).encode(Point(1))}
    return LiteralsResolver(literals, {"n": variable(int), "xs": variable(List[int])}, engine=ENGINE)


def test_a_value_has_the_type_asked_for_or_the_declared_one(resolver):
    assert resolver["n"] == 5
    assert resolver.get("xs") == [1]
    assert resolver.get("p", as_type=Point) == Point(1)
    assert resolver.native_values == {"n": 5, "xs": [1], "p": Point(1)}


def test_another_type_converts_again(resolver):
    assert resolver.get("n", as_type=int) == 5
    assert type(resolver.get("n", as_type=float)) is float


def test_hints_may_be_given_later(resolver):
    with pytest.raises(TypeTransformerFailedError, match="no type is known"):
        resolver["p"]
    resolver.update_type_hints({"p": Point})
    assert resolver["p"] == Point(1)


def test_a_missing_name_says_which_there_are(resolver):
    for error in (KeyError, AttributeError, ValueError, MissingLiteralError):
        with pytest.raises(error, match="there is no literal named 'zz'"):
            resolver["zz"]
    with pytest.raises(MissingLiteralError) as caught:
        resolver.get_literal("zz")
    assert caught.value.expected == "n, p, xs"


def test_a_failed_conversion_names_the_literal(resolver):
    with pytest.raises(TypeTransformerFailedError) as caught:
        resolver.get("xs", as_type=List[str])
    assert caught.value.where == "xs[0]"


def test_it_is_a_mapping(resolver):
    assert list(resolver) == ["n", "xs", "p"]
    assert len(resolver) == 3
    assert "n" in resolver
    assert "n" in repr(resolver)
    assert resolver.literals["n"].scalar.primitive.integer == 5
    assert set(resolver.variable_map) == {"n", "xs"}


def test_the_whole_has_the_shape_of_the_interface(resolver):
    assert resolver.as_python_native(Interface({})) is None
    assert resolver.as_python_native(Interface({"n": int})) == 5
    assert resolver.as_python_native(Interface({"n": int, "xs": List[int]})) == (5, [1])
    assert resolver.as_python_native(Interface({"n": int}, "Named")) == (5,)


def test_the_default_engine_serves_where_none_is_given():
    assert LiteralsResolver({"n": literal(int, 5)}, {"n": variable(int)})["n"] == 5
