"""pydantic models come back equal and of equal classes all the way down, or the field is refused; never changed."""

import collections
import dataclasses
import datetime as dt
import decimal
import enum
import math
import pathlib
import typing
import uuid
import zoneinfo
from typing import Annotated, Any, Dict, Generic, List, Literal, Optional, Tuple, TypeVar, Union

import pydantic
import pytest
from pydantic import BaseModel, Field, PrivateAttr

from strategies.typed import exactly_equal
from typeengine import Engine, TypeTransformerFailedError, UnsupportedTypeError
from typeengine.contrib.pydantic_fields import MARK

ENGINES = [Engine(), Engine().clone(dialect="v2")]
T = TypeVar("T")
BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
ID = uuid.UUID(int=7)


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Odd(enum.Enum):
    PAIR = (1, 2)
    TEXT = "x"


class Swapped(enum.Enum):
    A = "B"
    B = "A"


class Ambiguous(BaseModel):
    id: Union[uuid.UUID, str]
    amount: Union[decimal.Decimal, str]
    when: Union[dt.datetime, str]
    span: Union[str, dt.timedelta]


class LeftToRight(BaseModel):
    x: Union[int, str] = Field(union_mode="left_to_right")


class Anything(BaseModel):
    x: Any


class Extra(BaseModel):
    model_config = {"extra": "allow"}
    a: int = 1


class Small(BaseModel):
    x: int


class Wide(BaseModel):
    x: int
    y: int = 0


class Either(BaseModel):
    one: Union[Wide, Small]
    two: List[Union[Small, Wide]] = []


class Cat(BaseModel):
    kind: Literal["cat"] = "cat"
    x: Union[uuid.UUID, str] = ""


class Dog(BaseModel):
    kind: Literal["dog"] = "dog"


class Home(BaseModel):
    pet: Union[Cat, Dog] = Field(discriminator="kind")


class Private(BaseModel):
    a: int
    _seen: List[int] = PrivateAttr(default_factory=list)
    _day: Optional[dt.date] = PrivateAttr(None)


class Grows(BaseModel):
    n: int

    @pydantic.field_validator("n")
    @classmethod
    def _more(cls, n):
        return n + 1


class Counts(BaseModel):
    n: int = 0

    def model_post_init(self, context):
        self.n += 1


class Keeps(BaseModel):
    n: int

    @pydantic.model_validator(mode="after")
    def _same(self):
        return self


class Chosen(BaseModel):
    c: Literal[Colour.RED, Colour.BLUE]


class Parsed(BaseModel):
    j: pydantic.Json[List[int]]


class TupleKeys(BaseModel):
    d: Dict[Tuple[int, str], bool]


class MoreKeys(BaseModel):
    floats: Dict[float, int] = {}
    enums: Dict[Colour, int] = {}
    bools: Dict[bool, int] = {}
    mixed: Dict[Union[int, str], int] = {}
    days: Dict[dt.date, int] = {}
    ids: Dict[uuid.UUID, int] = {}
    ints: Dict[int, Dict[int, str]] = {}


class OneWay(BaseModel):
    a: int

    @pydantic.field_serializer("a")
    def _text(self, value):
        return f"<{value}>"


class Shut(BaseModel):
    model_config = {"extra": "forbid"}
    a: int

    @pydantic.computed_field
    @property
    def twice(self) -> int:
        return self.a * 2


class OpenComputed(Shut):
    model_config = {"extra": "allow"}


class Holds(BaseModel):
    inner: Shut
    many: List[OpenComputed] = []


class TwoAliases(BaseModel):
    a: int = Field(validation_alias="inA", serialization_alias="outA")
    b: int = Field(2, validation_alias=pydantic.AliasChoices("b1", "b2"))


class Stripped(BaseModel):
    model_config = {"str_strip_whitespace": True}
    s: str


class Frozen(BaseModel):
    model_config = {"frozen": True}
    x: Union[uuid.UUID, str]


class Generics(BaseModel, Generic[T]):
    x: T


class Ids(pydantic.RootModel[List[Union[uuid.UUID, str]]]):
    pass


class Keyed(pydantic.RootModel[Dict[str, Any]]):
    pass


class Times(BaseModel):
    at: Optional[dt.datetime] = None
    time: Optional[dt.time] = None
    span: Optional[dt.timedelta] = None
    many: List[dt.datetime] = []


class Collections(BaseModel):
    dq: typing.Deque[int] = collections.deque()
    fs: typing.FrozenSet[int] = frozenset()
    t: Tuple[int, ...] = ()
    p: pathlib.Path = pathlib.Path()
    b: bytes = b""
    e: Optional[Odd] = None
    s: List[Swapped] = []
    u: Union[Swapped, int, None] = None


class Tree(BaseModel):
    v: Union[uuid.UUID, str]
    kids: List["Tree"] = []


@dataclasses.dataclass
class Plain:
    x: Union[uuid.UUID, str]


class HoldsPlain(BaseModel):
    p: Plain
    t: typing.Optional[Plain] = None


def private(**values):
    made = Private(a=1)
    for name, value in values.items():
        setattr(made, name, value)
    return made


TEXTS = {"id": str(ID), "amount": "1.50", "when": "2020-01-01T00:00:00Z", "span": dt.timedelta(seconds=5)}
VALUES = [
    Ambiguous.model_construct(**TEXTS),
    Ambiguous(id=ID, amount=decimal.Decimal("1.50"), when=dt.datetime(2020, 1, 1), span="PT5S"),
    LeftToRight.model_construct(x="1"),
    LeftToRight(x=1),
    *(
        Anything(x=x)
        for x in (1, "a", None, [1.5], {"a": [True]}, {1: "a"}, {1: "a", "1": "b"}, math.inf, b"\xff", {None: 1})
    ),
    Extra(a=1, b=2),
    Extra(a=1, b=math.inf, c={1: 2}),
    Either(one=Small(x=1), two=[Wide(x=1), Small(x=2)]),
    Either(one=Wide(x=1, y=2)),
    Home(pet=Cat(x=str(ID))),
    Home(pet=Cat(x=ID)),
    Home(pet=Dog()),
    private(),
    private(_seen=[1], _day=dt.date(2020, 1, 2)),
    Grows(n=1),
    Counts(n=5),
    Keeps(n=1),
    Chosen(c=Colour.BLUE),
    Parsed(j="[1, 2]"),
    TupleKeys(d={(1, "bar"): True, (2, "a,b"): False, (3, ""): True}),
    MoreKeys(
        floats={1.5: 1, math.inf: 2},
        enums={Colour.RED: 1},
        bools={True: 1, False: 0},
        mixed={1: 1, "1": 2},
        days={dt.date(2020, 1, 2): 3},
        ids={ID: 1},
        ints={1: {2: "x"}},
    ),
    OneWay(a=5),
    Shut(a=1),
    OpenComputed(a=1, b=2),
    Holds(inner=Shut(a=1), many=[OpenComputed(a=2, c=3)]),
    TwoAliases(inA=1, b2=5),
    Stripped(s=" a "),
    Stripped.model_construct(s=" a "),
    Frozen.model_construct(x=str(ID)),
    Generics[Union[uuid.UUID, str]].model_construct(x=str(ID)),
    Generics[Dict[Tuple[int, int], str]](x={(1, 2): "a"}),
    Ids.model_construct([str(ID), ID]),
    Ids([]),
    Keyed({"a": 1}),
    Keyed({MARK: {}}),
    Keyed({"a": {1: 2}}),
    Times(at=dt.datetime(2020, 1, 1), time=dt.time(1, 2, 3, 4), span=dt.timedelta(-1, 2, 3)),
    Times(at=dt.datetime(2020, 1, 1, tzinfo=dt.timezone.utc), time=dt.time(1, tzinfo=dt.timezone.utc)),
    Times(many=[dt.datetime(2020, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=5, minutes=30)))]),
    Times(many=[dt.datetime(2020, 1, 1, tzinfo=dt.timezone(dt.timedelta(seconds=3723)))]),
    Times(at=dt.datetime(2024, 10, 27, 2, 30, tzinfo=BERLIN, fold=1)),
    Times(at=dt.datetime(2024, 10, 27, 2, 30, fold=1), time=dt.time(1, fold=1)),
    Collections(dq=[1], fs=[2], t=(3,), p="a/b", b=b"\xff\x00", e=Odd.PAIR, s=[Swapped.A, Swapped.B], u=Swapped.A),
    Collections(b="é".encode(), e=Odd.TEXT, u=5),
    Tree.model_construct(v=str(ID), kids=[Tree(v=ID), Tree(v="x", kids=[])]),
    HoldsPlain(p=Plain(ID), t=Plain("x")),
    HoldsPlain(p=Plain(str(ID))),
]


@pytest.mark.parametrize("engine", ENGINES, ids=["v1", "v2"])
@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:60])
def test_a_value_comes_back_equal_and_of_equal_classes(value, engine):
    for hint, given in ((type(value), value), (List[type(value)], [value]), (Union[type(value), int], value)):
        codec = engine.codec(hint)
        found = codec.decode(codec.encode(given))
        assert exactly_equal(found, given)
        assert exactly_equal(codec.from_plain(codec.to_plain(given)), given)
        assert exactly_equal(codec.decode(codec.encode(found)), given), "the next hop"


@pytest.mark.parametrize(
    "value",
    [Ambiguous(id="x", amount="y", when="z", span="w"), Keeps(n=1), Either(one=Wide(x=1, y=2)), private()],
    ids=repr,
)
def test_what_reads_back_stays_the_json_that_peers_write(value):
    assert Engine().codec(type(value)).to_plain(value) == value.model_dump(mode="json")


class Locked(BaseModel):
    a: int
    _lock: Any = PrivateAttr(default_factory=object)


class OnlyPydantic(BaseModel):
    s: Literal[Odd.PAIR] = Odd.PAIR
    x: Dict[Tuple[int, int], pydantic.AnyUrl] = {}


class More(Small):
    z: int = 1


class Same(Small):
    pass


class HoldsSmall(BaseModel):
    one: Small
    many: List[Small] = []


class Limited(BaseModel):
    n: Annotated[int, Field(ge=0)]
    many: List[Annotated[str, Field(min_length=2)]] = []


@pytest.mark.parametrize(
    ("value", "where"),
    [
        (Anything(x=(1, 2)), ".x"),
        (Anything(x={"a": [dt.date(2020, 1, 1)]}), ".x"),
        (Anything(x=Colour.RED), ".x"),
        (Extra(day=dt.date(2020, 1, 2)), ".day"),
        (Locked(a=1), "._lock"),
        (HoldsSmall(one=More(x=1)), ".one"),
        (HoldsSmall(one=Same(x=1)), ".one"),
        (HoldsSmall(one=Small(x=1), many=[Same(x=1)]), ".many[0]"),
        (Limited.model_construct(n=-1), ".n"),
        (Limited.model_construct(n=1, many=["ab", "c"]), ".many[1]"),
        (Collections.model_construct(dq=[1]), ".dq"),
    ],
    ids=lambda x: repr(x)[:50],
)
def test_what_would_change_is_refused_with_its_field(value, where):
    with pytest.raises(TypeTransformerFailedError) as caught:
        Engine().codec(type(value)).encode(value)
    assert caught.value.where.startswith(where)
    assert caught.value.fix


def test_a_subclass_is_refused_where_its_base_is_declared_and_a_union_takes_it():
    for value in (More(x=1), Same(x=1)):
        with pytest.raises(TypeTransformerFailedError, match="the value does not have the declared type"):
            Engine().codec(Small).encode(value)
        codec = Engine().codec(Union[Small, type(value)])
        assert exactly_equal(codec.decode(codec.encode(value)), value)


def test_a_field_that_can_never_come_back_is_refused_when_the_type_is_resolved():
    with pytest.raises(UnsupportedTypeError, match="the field x of OnlyPydantic cannot come back") as caught:
        Engine().codec(OnlyPydantic)
    assert caught.value.where == ".x"


def test_the_fields_that_were_given_are_kept_where_the_fields_carry():
    codec = Engine().codec(Ambiguous)
    given = Ambiguous.model_construct(_fields_set={"id", "amount"}, **TEXTS)
    assert codec.decode(codec.encode(given)).model_fields_set == {"id", "amount"}


def test_json_from_elsewhere_is_validated():
    for engine in ENGINES:
        assert engine.codec(Grows).from_plain({"n": 1}) == Grows(n=1)
        assert engine.codec(Ambiguous).from_plain({"id": "x", "amount": "1", "when": "w", "span": "s"}).id == "x"
        with pytest.raises(TypeTransformerFailedError):
            engine.codec(Limited).from_plain({"n": -1})


@pytest.mark.parametrize(
    "tree",
    [
        {MARK: {}},
        {"x": "a", MARK: 5},
        {"x": 5, MARK: {}},
        {"x": "a", "y": 1, MARK: {}},
        {"x": "a", MARK: {"private": {"_z": 1}}},
    ],
    ids=str,
)
def test_a_damaged_tree_of_fields_is_an_error(tree):
    with pytest.raises(TypeTransformerFailedError):
        Engine().codec(Frozen).from_plain(tree)


class Fails(BaseModel):
    a: int

    @pydantic.field_validator("a")
    @classmethod
    def _look_up(cls, a):
        return {1: 1}[a]


def test_what_a_validator_raises_is_not_passed_on():
    with pytest.raises(TypeTransformerFailedError, match="KeyError") as caught:
        Engine().codec(Fails).from_plain({"a": 2})
    assert isinstance(caught.value.__cause__, KeyError)


class Sets(BaseModel):
    s: typing.Set[str]
    nested: List[Dict[str, typing.FrozenSet[uuid.UUID]]] = []


@pytest.mark.parametrize("engine", ENGINES, ids=["v1", "v2"])
def test_equal_sets_are_equal_bytes_whatever_their_order(engine):
    words = [f"w{index}" for index in range(20)]
    ids = [uuid.UUID(int=index) for index in range(20)]
    one = Sets(s=set(words), nested=[{"a": frozenset(ids)}])
    other = Sets(s=set(reversed(words)), nested=[{"a": frozenset(reversed(ids))}])
    codec = engine.codec(Sets)
    assert codec.encode(one) == codec.encode(other)
    assert codec.to_plain(one)["s"] == sorted(words)
    assert codec.to_plain(one)["nested"][0]["a"] == [str(each) for each in ids]
