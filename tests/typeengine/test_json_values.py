"""JSON to literals and back: what a user types, what an inputs file holds, what a machine reads."""

import dataclasses
import datetime as dt
import enum
import json
import math
from typing import Any, Dict, List, Literal, Optional, Union

import pytest
from hypothesis import given
from hypothesis import strategies as st

from literals import pb
from typeengine import Engine, TypeTransformerFailedError
from typeengine.builtin.flyte_files import FlyteFile
from typeengine.json.literals_from_json import json_text_to_literal, json_to_literal, read_duration
from typeengine.json.literals_to_json import bytes_to_json

ENGINE = Engine()


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


@dataclasses.dataclass
class Point:
    x: int
    y: float = 1.5


@dataclasses.dataclass
class Deep:
    p: Point
    xs: List[Point] = dataclasses.field(default_factory=list)
    b: bytes = b""
    by: Dict[int, str] = dataclasses.field(default_factory=dict)
    maybe: Optional[Point] = None
    t: dt.timedelta = dt.timedelta(0)


def from_json(value: Any, hint: Any) -> Any:
    codec = ENGINE.codec(hint)
    return codec.decode(json_to_literal(value, codec.literal_type, "x"))


def from_text(text: str, hint: Any) -> Any:
    codec = ENGINE.codec(hint)
    return codec.decode(json_text_to_literal(text, codec.literal_type, "x"))


UTC = dt.timezone.utc


@pytest.mark.parametrize(
    ("hint", "value", "expected"),
    [
        (int, 5, 5),
        (float, 5, 5.0),
        (float, 5.5, 5.5),
        (float, "Infinity", math.inf),
        (bool, True, True),
        (str, "5", "5"),
        (type(None), None, None),
        (dt.datetime, "2020-01-02T03:04:05Z", dt.datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)),
        (dt.datetime, "2020-01-02T03:04:05+02:00", dt.datetime(2020, 1, 2, 1, 4, 5, tzinfo=UTC)),
        (dt.date, "2020-01-02", dt.date(2020, 1, 2)),
        (dt.timedelta, 1.5, dt.timedelta(seconds=1.5)),
        (dt.timedelta, "PT1H", dt.timedelta(hours=1)),
        (dt.timedelta, "-1h30m", -dt.timedelta(hours=1, minutes=30)),
        (List[int], [1, 2], [1, 2]),
        (Dict[str, List[int]], {"a": [1]}, {"a": [1]}),
        (Dict[int, str], {"1": "a"}, {1: "a"}),
        (dict, {"a": [1, {"b": None}]}, {"a": [1, {"b": None}]}),
        (Optional[int], None, None),
        (Optional[int], 3, 3),
        (Union[float, int], 3, 3),
        (Union[int, str], "3", "3"),
        (Color, "blue", Color.BLUE),
        (Literal["a", "b"], "a", "a"),
        (Point, {"x": 1}, Point(1)),
        (Deep, {"p": {"x": 1, "y": 2}, "xs": [{"x": 3}]}, Deep(Point(1, 2.0), [Point(3)])),
        (Deep, {"p": {"x": 1}, "b": "AP8=", "by": {"7": "z"}}, Deep(Point(1), b=b"\x00\xff", by={7: "z"})),
        (
            Deep,
            {"p": {"x": 1}, "maybe": {"x": 2}, "t": 2.5},
            Deep(Point(1), maybe=Point(2), t=dt.timedelta(seconds=2.5)),
        ),
        (FlyteFile, "s3://b/k", FlyteFile("s3://b/k")),
        (FlyteFile, {"uri": "s3://b/k"}, FlyteFile("s3://b/k")),
    ],
)
def test_json_becomes_the_value_of_the_type(hint, value, expected):
    found = from_json(value, hint)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("hint", "text", "expected"),
    [
        (str, "hello world", "hello world"),
        (str, '"quoted"', '"quoted"'),
        (int, "5", 5),
        (List[int], "[1, 2]", [1, 2]),
        (dt.datetime, "2020-01-02", dt.datetime(2020, 1, 2, tzinfo=UTC)),
        (dt.timedelta, "PT5S", dt.timedelta(seconds=5)),
        (dt.timedelta, "5", dt.timedelta(seconds=5)),
        (Optional[str], "7", "7"),
        (dt.timedelta, "1h", dt.timedelta(hours=1)),
        (Color, "red", Color.RED),
        (Optional[str], "null", None),
        (Optional[str], "text", "text"),
        (Union[int, str], "7", 7),
        (FlyteFile, "s3://b/k", FlyteFile("s3://b/k")),
        (Optional[FlyteFile], "s3://b/k", FlyteFile("s3://b/k")),
    ],
)
def test_typed_text_is_bare_where_the_type_takes_text(hint, text, expected):
    assert from_text(text, hint) == expected


@pytest.mark.parametrize(
    ("hint", "value", "where", "expected"),
    [
        (int, "5", "x", "an integer"),
        (int, True, "x", "an integer"),
        (int, 2**63, "x", "an integer"),
        (int, 1.0, "x", "an integer"),
        (float, 2**53 + 1, "x", "a number"),
        (bool, 1, "x", "true or false"),
        (str, 1, "x", "text"),
        (dt.datetime, "yesterday", "x", "an ISO 8601 date and time"),
        (dt.timedelta, "soon", "x", "a duration"),
        (Color, "green", "x", 'one of "red", "blue"'),
        (List[int], {"a": 1}, "x", "a JSON array"),
        (List[int], [1, "b"], "x[1]", "an integer"),
        (Dict[str, List[int]], {"a": [1], "c": [None]}, 'x["c"][0]', "an integer"),
        (Optional[int], "a", "x", "an integer"),
        (Union[int, List[int]], [1, "a"], "x[1]", "an integer"),
        (Point, {"y": 1}, "x", "keys x, y"),
        (Point, {"x": 1, "z": 2}, "x", "keys x, y"),
        (Point, {"x": "1"}, "x.x", "an integer"),
        (Deep, {"p": {"x": 1}, "xs": [{"x": 1}, {"x": None}]}, "x.xs[1].x", "an integer"),
        (Deep, {"p": {"x": 1}, "b": "no base64!"}, "x.b", "bytes in base64"),
        (Deep, {"p": {"x": 1}, "by": {"k": "v"}}, 'x.by["k"]', "a key that is an integer"),
        (FlyteFile, 5, "x", "an address"),
        (FlyteFile, {"url": "s3://"}, "x", "an address"),
    ],
)
def test_json_that_does_not_fit_says_where_and_what_was_expected(hint, value, where, expected):
    with pytest.raises(TypeTransformerFailedError) as caught:
        from_json(value, hint)
    assert caught.value.where == where
    assert expected in caught.value.expected


def test_text_that_is_no_json_says_what_to_write():
    with pytest.raises(TypeTransformerFailedError, match="is not a JSON array") as caught:
        from_text("[1, 2", List[int])
    assert caught.value.fix == "write a JSON array, such as [1, 2]"


def test_values_nested_too_deeply_are_refused_not_a_crash():
    hint: Any = int
    value: Any = 1
    for _ in range(60):
        hint, value = List[hint], [value]
    with pytest.raises((TypeTransformerFailedError, ValueError)):
        from_json(value, hint)


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**63 - 1)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text("aé😀"),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab"), inner, max_size=3),
        max_leaves=8,
    )
)
def test_an_untyped_dict_goes_through_json_unchanged(value):
    codec = ENGINE.codec(dict)
    text = json.dumps(bytes_to_json(codec.encode({"k": value})))
    assert codec.decode(json_to_literal(json.loads(text), codec.literal_type)) == {"k": value}


@pytest.mark.parametrize(
    ("hint", "value", "expected"),
    [
        (int, 5, 5),
        (float, math.nan, "NaN"),
        (float, -math.inf, "-Infinity"),
        (dt.datetime, dt.datetime(2020, 1, 2, 3, 4, 5, 6, tzinfo=UTC), "2020-01-02T03:04:05.000006Z"),
        (dt.timedelta, dt.timedelta(hours=-1, microseconds=5), "-PT3599.999995S"),
        (Optional[int], None, None),
        (Point, Point(1), {"x": 1, "y": 1.5}),
        (
            Deep,
            Deep(Point(1), b=b"\x00"),
            {"p": {"x": 1, "y": 1.5}, "xs": [], "b": "AA==", "by": {}, "maybe": None, "t": 0.0},
        ),
        (Dict[int, str], {1: "a"}, {"1": "a"}),
        (FlyteFile, FlyteFile("s3://b/k"), {"uri": "s3://b/k", "format": ""}),
    ],
)
def test_a_literal_shows_as_json(hint, value, expected):
    assert bytes_to_json(ENGINE.codec(hint).encode(value)) == expected


def test_a_literal_without_a_value_is_null():
    assert bytes_to_json(b"") is None


def test_nanoseconds_beyond_a_microsecond_are_shown():
    literal = pb.Literal()
    literal.scalar.primitive.datetime.seconds = 1
    literal.scalar.primitive.datetime.nanos = 1
    assert bytes_to_json(literal.SerializeToString()) == "1970-01-01T00:00:01.000000001Z"


@pytest.mark.parametrize("text", ["", "P", "PT", "1x", "h", "--1s"])
def test_text_that_names_no_duration_is_none(text):
    assert read_duration(text) is None


@given(st.timedeltas())
def test_every_duration_comes_back_from_its_text(value):
    codec = ENGINE.codec(dt.timedelta)
    text = bytes_to_json(codec.encode(value))
    assert read_duration(text) == value
