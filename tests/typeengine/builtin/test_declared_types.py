"""The 85 declared types by which workflow and serialization libraries were compared: each travels equal, or says why not."""

import collections
import dataclasses
import datetime as dt
import decimal
import enum
import math
import pathlib
import typing
import uuid
from typing import (
    Annotated,
    Any,
    Deque,
    Dict,
    FrozenSet,
    Generic,
    List,
    Literal,
    NamedTuple,
    NewType,
    Optional,
    Sequence,
    Set,
    Tuple,
    TypeVar,
    Union,
)

import attrs
import pydantic
import pytest
import typing_extensions

from typeengine import Engine, TypeTransformerFailedError

UTC = dt.timezone.utc
T = TypeVar("T")


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Number(enum.Enum):
    ONE = 1
    TWO = 2


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Rights(enum.Flag):
    R = 1
    W = 2


@dataclasses.dataclass
class P:
    a: int
    b: str = "p"


@dataclasses.dataclass
class Q:
    a: int
    b: str = "q"


@dataclasses.dataclass
class SubP(P):
    c: int = 3


@dataclasses.dataclass
class F:
    x: float


@dataclasses.dataclass(frozen=True)
class Frozen:
    a: int
    t: Tuple[int, str] = (1, "a")


@dataclasses.dataclass
class Rich:
    d: decimal.Decimal
    u: uuid.UUID
    p: pathlib.Path
    when: dt.datetime
    day: dt.date
    at: dt.time
    took: dt.timedelta
    raw: bytes
    tags: Set[str]
    color: Color


@dataclasses.dataclass
class Node:
    v: int
    kids: List["Node"] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Box(Generic[T]):
    item: T


@dataclasses.dataclass
class Big:
    n: int


class NT(NamedTuple):
    a: int
    b: str


class TD(typing.TypedDict):
    a: int
    b: str


class TDPart(typing.TypedDict, total=False):
    a: int
    b: str


class XTD(typing_extensions.TypedDict):
    a: int
    b: str


class XTDPart(typing_extensions.TypedDict, total=False):
    a: int
    b: str


class M(pydantic.BaseModel):
    x: int
    y: float = 1.5


class Nested(pydantic.BaseModel):
    m: M
    ms: List[M] = []


class G(pydantic.BaseModel, Generic[T]):
    item: T


@attrs.define
class A:
    n: int
    s: str = "s"


UserId = NewType("UserId", int)


class Plain:
    pass


RICH = Rich(
    decimal.Decimal("1.10"), uuid.UUID(int=7), pathlib.Path("/a/b"), dt.datetime(2020, 1, 2, 3, 4, 5, 6, tzinfo=UTC), dt.date(2020, 1, 2),
    dt.time(1, 2, 3), dt.timedelta(days=-1, microseconds=1), b"\x00\xff", {"x", "y"}, Color.RED,
)  # fmt: skip
PLUS2 = dt.timezone(dt.timedelta(hours=2))

TRAVEL = [
    ("int", int, 5),
    ("int 2**53+1", int, 2**53 + 1),
    ("int 2**63-1", int, 2**63 - 1),
    ("int -2**63", int, -(2**63)),
    ("float", float, 0.1),
    ("float nan", float, math.nan),
    ("float inf", float, math.inf),
    ("float -0.0", float, -0.0),
    ("int given to float", float, 5),
    ("bool", bool, True),
    ("str", str, "hé\x00"),
    ("None", type(None), None),
    ("bytes", bytes, b"\x00\xff"),
    ("datetime utc", dt.datetime, dt.datetime(2020, 1, 2, 3, 4, 5, 6, tzinfo=UTC)),
    ("datetime naive", dt.datetime, dt.datetime(2020, 1, 2, 3, 4, 5, 6)),
    ("datetime +02:00", dt.datetime, dt.datetime(2020, 1, 2, 3, 4, 5, tzinfo=PLUS2)),
    ("datetime year 1", dt.datetime, dt.datetime(1, 1, 1, tzinfo=UTC)),
    ("date", dt.date, dt.date(2020, 1, 2)),
    ("time", dt.time, dt.time(1, 2, 3, 4)),
    ("timedelta", dt.timedelta, dt.timedelta(days=-1, microseconds=5)),
    ("Decimal", decimal.Decimal, decimal.Decimal("1.10")),
    ("UUID", uuid.UUID, uuid.UUID(int=9)),
    ("Path", pathlib.Path, pathlib.Path("/a/b")),
    ("complex", complex, 1 - 2j),
    ("Enum str", Color, Color.BLUE),
    ("Enum int", Number, Number.TWO),
    ("IntEnum", Level, Level.HIGH),
    ("Literal", Literal["a", "b"], "b"),
    ("Literal[1,2]", Literal[1, 2], 2),
    ("Optional[int] val", Optional[int], 5),
    ("Optional[int] None", Optional[int], None),
    ("int|None (PEP604)", "int | None", 5),
    ("Union[int,str] str", Union[int, str], "a"),
    ("Union[int,float] 1.0", Union[int, float], 1.0),
    ("Union[str,int] 5", Union[str, int], 5),
    ("Union[bool,int] True", Union[bool, int], True),
    ("Union[P,Q] Q", Union[P, Q], Q(1, "x")),
    ("Union[List[int],Dict]", Union[List[int], Dict[str, int]], {"a": 1}),
    ("List[int]", List[int], [1, 2]),
    ("list[int] (PEP585)", list[int], [1, 2]),
    ("List[int] empty", List[int], []),
    ("List[Optional[int]]", List[Optional[int]], [1, None]),
    ("List[Union[int,str]]", List[Union[int, str]], [1, "a"]),
    ("list (bare)", list, [1, "a", None, [2.5]]),
    ("Dict[str,int]", Dict[str, int], {"a": 1}),
    ("Dict[str,List[P]]", Dict[str, List[P]], {"a": [P(1)]}),
    ("Dict[int,str]", Dict[int, str], {1: "a"}),
    ("dict (bare)", dict, {"a": [1, {"b": None}]}),
    ("dict (bare) int keys", dict, {1: "a"}),
    ("Dict[Tuple,int]", Dict[Tuple[int, int], int], {(1, 2): 3}),
    ("Tuple[int,str]", Tuple[int, str], (1, "a")),
    ("Tuple[int,...]", Tuple[int, ...], (1, 2, 3)),
    ("NamedTuple", NT, NT(1, "a")),
    ("Set[int]", Set[int], {1, 2}),
    ("FrozenSet[int]", FrozenSet[int], frozenset({1, 2})),
    ("Sequence[int]", Sequence[int], [1, 2]),
    ("Deque[int]", Deque[int], collections.deque([1, 2])),
    ("TypedDict", TD, {"a": 1, "b": "x"}),
    ("TypedDict total=False", TDPart, {"a": 1}),
    ("typing_extensions.TypedDict", XTD, {"a": 1, "b": "x"}),
    ("typing_extensions.TypedDict total=False", XTDPart, {"b": "x"}),
    ("dataclass", P, P(1, "x")),
    ("dataclass int in float field", F, F(1)),
    ("dataclass frozen", Frozen, Frozen(1, (2, "b"))),
    ("dataclass rich fields", Rich, RICH),
    ("dataclass recursive", Node, Node(1, [Node(2, [Node(3)])])),
    ("dataclass generic Box[int]", Box[int], Box(1)),
    ("dataclass generic Box[P]", Box[P], Box(P(1))),
    ("List[dataclass]", List[P], [P(1), P(2)]),
    ("dataclass big int field", Big, Big(2**63 - 1)),
    ("pydantic", M, M(x=1, y=math.inf)),
    ("pydantic nested", Nested, Nested(m=M(x=1), ms=[M(x=2)])),
    ("pydantic generic", G[int], G[int](item=3)),
    ("attrs", A, A(1)),
    ("Annotated[int]", Annotated[int, "doc"], 5),
    ("NewType", UserId, UserId(5)),
]

REFUSED = [
    ("int 2**63", int, 2**63, "int between"),
    ("int 2**70", int, 2**70, "int between"),
    ("str lone surrogate", str, "\ud800", "surrogates"),
    ("Flag", Rights, Rights.R | Rights.W, "combinations without a name"),
    ("subclass passed as base", P, SubP(1, "x", 9), "SubP|lost|declared"),
    ("Any int", Any, 5, "Any does not say"),
    ("Any dict", Any, {"a": 1}, "Any does not say"),
    ("object", object, 5, "Any does not say|object does not say"),
    ("plain class", Plain, Plain(), "no transformer takes"),
]


def test_they_are_85():
    assert len(TRAVEL) + len(REFUSED) == 85


@pytest.mark.parametrize("dialect", ["v1", "v2"])
@pytest.mark.parametrize(("name", "hint", "value"), TRAVEL, ids=[row[0] for row in TRAVEL])
def test_it_travels_equal_and_of_the_same_type(name, hint, value, dialect):
    codec = Engine().clone(dialect=dialect).codec(hint)
    back = codec.decode(codec.encode(value))
    if isinstance(value, float) and math.isnan(value):
        assert math.isnan(back)
        return
    assert back == value
    assert repr(back) == repr(
        float(value) if name == "int given to float" else F(1.0) if name.startswith("dataclass int") else value
    )


@pytest.mark.parametrize(("name", "hint", "value", "reason"), REFUSED, ids=[row[0] for row in REFUSED])
def test_it_is_refused_with_the_reason(name, hint, value, reason):
    with pytest.raises(TypeTransformerFailedError, match=reason):
        Engine().codec(hint).encode(value)
