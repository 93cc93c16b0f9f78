"""Tuples, NamedTuples and TypedDicts against what flyte 2.12.1 wrote for the same hints and values, both ways."""

import base64
import dataclasses
import datetime as dt
import decimal
import enum
import json
import pathlib
import typing
import uuid
from typing import Annotated, Dict, List, NamedTuple, Optional, Tuple, TypedDict, Union

import pydantic
import pytest
from pydantic import Field

from literals import parse, pb
from typeengine import DataFrame, Dir, Engine, File
from typeengine.builtin.times import duration_text
from typeengine.wire.literal_bytes import struct_bytes
from typeengine.wire.plain_values import pack

ENGINE = Engine().clone(dialect="v2")
GOLDENS = pathlib.Path(__file__).parents[2] / "goldens" / "peers" / "products_v2.jsonl"
ROWS = [json.loads(line) for line in GOLDENS.read_text().splitlines()]


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


class P(NamedTuple):
    a: int
    b: str


class Q(NamedTuple):
    p: P
    t: Tuple[int, str]
    ps: List[P]


class QO(NamedTuple):
    p: Optional[P] = None
    n: int = 3


class W(NamedTuple):
    at: dt.datetime
    d: dt.date
    td: dt.timedelta
    tm: dt.time


class TD(TypedDict):
    at: dt.datetime
    p: P


class TD2(TypedDict, total=False):
    x: int
    p: P


@dataclasses.dataclass
class D:
    x: int
    s: List[str] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class DP:
    p: P
    t: Tuple[int, str]


class M(pydantic.BaseModel):
    x: int
    s: List[str] = []


class NM(NamedTuple):
    m: M
    d: D
    c: Color


NAMES = {
    **{one.__name__: one for one in (Color, P, Q, QO, W, TD, TD2, D, DP, M, NM, Tuple, List, Dict, Optional, Union)},
    "Annotated": Annotated, "Field": Field, "typing": typing, "dt": dt, "uuid": uuid, "decimal": decimal, "pathlib": pathlib,
    "AT": dt.datetime(2020, 1, 2, 3, 4, 5, 678901, tzinfo=dt.timezone.utc),
}  # fmt: skip
OTHER_TYPE = {
    "tuple[decimal.Decimal, pathlib.Path]": "a Decimal is text here, and a number or text there",
    "tuple[bytes, int]": "bytes stay bytes",
    "tuple[Annotated[int, Field(ge=0)], int]": "limits of a part are not described",
    "TD2": "keys that may be missing are not required",
}
OTHER_LITERAL = {"tuple[bytes, int]": "bytes stay bytes; as text they would have to be UTF-8; texts are read"}


def evaluated(text):
    return eval(text, dict(NAMES))  # noqa: S307 - goldens of our own


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['hint']} {row['value']}"[:60])
def test_type_and_literal_are_flyte_2s(row):
    codec, value = ENGINE.codec(evaluated(row["hint"])), evaluated(row["value"])
    theirs = parse(pb.LiteralType, base64.b64decode(row["type_b64"]))
    assert (codec.literal_type == theirs) is (row["hint"] not in OTHER_TYPE)
    literal = base64.b64decode(row["literal_b64"])
    same = parse(pb.Literal, codec.encode(value)) == parse(pb.Literal, literal)
    assert same is (row["hint"] not in OTHER_LITERAL)
    assert codec.decode(literal) == value
    assert codec.decode(codec.encode(value)) == value


@pytest.mark.parametrize(
    "span",
    [
        dt.timedelta(), dt.timedelta(days=1), dt.timedelta(seconds=-1), dt.timedelta(hours=25, microseconds=-1),
        dt.timedelta(days=-3, minutes=5), dt.timedelta(microseconds=10), dt.timedelta.max, dt.timedelta.min,
    ],
    ids=str,
)  # fmt: skip
def test_a_duration_is_worded_as_pydantic_words_it(span):
    class Holds(pydantic.BaseModel):
        span: dt.timedelta

    assert Holds.model_validate({"span": duration_text(span)}).span == span
    for hint in (tuple[dt.timedelta, int], tuple[Optional[dt.timedelta], List[dt.timedelta]]):
        value = (span, 1) if hint == tuple[dt.timedelta, int] else (span, [span])
        codec = ENGINE.codec(hint)
        assert codec.decode(codec.encode(value)) == value


def test_either_spelling_of_a_tuple_reads_the_other():
    lower, upper = ENGINE.codec(tuple[int, str]), ENGINE.codec(Tuple[int, str])
    assert lower.decode(upper.encode((1, "a"))) == upper.decode(lower.encode((1, "a"))) == (1, "a")
    assert lower.literal_type.metadata["title"] == "TupleWrapper_tuple"
    assert upper.literal_type.metadata["title"] == "TupleWrapper_Tuple"


class Blobs(typing.NamedTuple):
    one: bytes
    maybe: Optional[bytes]
    many: List[bytes]


class Keyed(typing.TypedDict, total=False):
    one: bytes
    named: Dict[str, bytes]


@dataclasses.dataclass
class Blob:
    kept: typing.ClassVar[bytes] = b""
    data: bytes
    text: str = ""


@dataclasses.dataclass
class Chain:
    """Holds itself, and bytes at every level."""

    data: Optional[bytes] = None
    rest: Optional["Chain"] = None
    more: List[Blob] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Plain:
    """Holds itself, and no bytes."""

    text: str = ""
    rest: Optional["Plain"] = None


class Held(typing.NamedTuple):
    blob: Blob
    by_name: Dict[str, Blob]


@pytest.mark.parametrize(
    ("hint", "theirs", "value"),
    [
        (tuple[bytes, bytes], {"item_0": "abcd", "item_1": ""}, (b"abcd", b"")),
        (tuple[tuple[bytes, int], str], {"item_0": ["abcd", 1], "item_1": "abcd"}, ((b"abcd", 1), "abcd")),
        (Blobs, {"one": "é", "maybe": None, "many": ["abcd"]}, Blobs("é".encode(), None, [b"abcd"])),
        (Blobs, {"one": "", "maybe": "abcd", "many": []}, Blobs(b"", b"abcd", [])),
        (Keyed, {"one": "abcd", "named": {"k": "abcd"}}, {"one": b"abcd", "named": {"k": b"abcd"}}),
        (tuple[Blob, int], {"item_0": {"data": "abcd", "text": "abcd"}, "item_1": 1}, (Blob(b"abcd", "abcd"), 1)),
        (
            tuple[Chain, int],
            {"item_0": {"data": "é", "rest": {"data": "abcd", "more": [{"data": "a"}]}}, "item_1": 1},
            (Chain("é".encode(), Chain(b"abcd", None, [Blob(b"a")])), 1),
        ),
        (tuple[Plain, int], {"item_0": {"text": "a", "rest": {"text": "b"}}, "item_1": 1}, (Plain("a", Plain("b")), 1)),
        (Held, {"blob": {"data": "x"}, "by_name": {"k": {"data": "abcd"}}}, Held(Blob(b"x"), {"k": Blob(b"abcd")})),
    ],
)
def test_the_texts_that_flyte_2_writes_for_bytes_are_read_as_utf_8(hint, theirs, value):
    codec = ENGINE.codec(hint)
    assert codec.decode(struct_bytes(pack(theirs))) == value
    assert codec.decode(codec.encode(value)) == value


@pytest.mark.parametrize(
    "hint",
    [tuple[File, int], tuple[Dir, DataFrame], typing.NamedTuple("Held", [("file", File)])],
    ids=["file", "dir", "named"],
)
def test_what_refers_to_stored_data_has_a_place_in_a_tuple(hint):
    assert ENGINE.codec(hint).literal_type.simple == pb.SimpleType.STRUCT


class Swapped(enum.Enum):
    A = "B"
    B = "A"


def test_an_enum_whose_names_are_values_of_others_keeps_its_value_in_a_tuple():
    codec = ENGINE.codec(Tuple[Swapped, List[Swapped]])
    value = (Swapped.A, [Swapped.B])
    assert codec.decode(codec.encode(value)) == value


@pytest.mark.parametrize(
    ("hint", "words"),
    [
        (Annotated[str, Field(pattern="^a", min_length=2)], {"pattern": "^a", "minLength": 2}),
        (Annotated[int, Field(ge=1, lt=5)], {"minimum": 1, "exclusiveMaximum": 5}),
        (Annotated[float, Field(gt=0.5, title="Rate")], {"exclusiveMinimum": 0.5, "title": "Rate"}),
    ],
    ids=str,
)
def test_limits_are_in_the_literal_types_metadata_as_flyte_2_writes_them(hint, words):
    assert dict(ENGINE.codec(hint).literal_type.metadata) == words
    assert dict(ENGINE.codec(Optional[hint]).literal_type.union_type.variants[0].metadata) == words
