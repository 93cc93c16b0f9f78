"""Classes with fields: what comes back is equal and of the same class, a subclass is told or refused, at both times alike."""

import collections
import dataclasses
import datetime as dt
import enum
import typing
import zoneinfo
from typing import Annotated, Any, Dict, List, Literal, Union

import attrs
import msgspec
import pydantic
import pytest
from mashumaro import DataClassDictMixin
from mashumaro.config import BaseConfig
from mashumaro.mixins.json import DataClassJSONMixin
from mashumaro.types import Discriminator

from drawloom import task, workflow
from literals import DrawloomError, assignable
from strategies.typed import exactly_equal
from typeengine import Engine, TypeEngine, TypeTransformerFailedError

ENGINE = Engine()
BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")


@dataclasses.dataclass
class Base:
    x: int = 1


@dataclasses.dataclass
class Sub(Base):
    y: int = 2


@dataclasses.dataclass
class SameFields(Base):
    pass


@dataclasses.dataclass
class Holder:
    one: Base
    many: List[Base] = dataclasses.field(default_factory=list)
    named: Dict[str, Base] = dataclasses.field(default_factory=dict)


@attrs.define
class AttrsBase:
    x: int = 1


@attrs.define
class AttrsSub(AttrsBase):
    pass


class StructBase(msgspec.Struct):
    x: int = 1


class StructSub(StructBase):
    pass


class Pair(typing.NamedTuple):
    a: int
    b: str = "b"


class SubPair(Pair):
    pass


REFUSED = [
    (Base, Sub(), ""),
    (Base, SameFields(), ""),
    (Holder, Holder(Sub()), ".one"),
    (Holder, Holder(Base(), [Base(), SameFields()]), ".many[1]"),
    (Holder, Holder(Base(), [], {"k": Sub()}), '.named["k"]'),
    (List[Base], [Sub()], "[0]"),
    (Union[Base, int], Sub(), ""),
    (AttrsBase, AttrsSub(), ""),
    (StructBase, StructSub(), ""),
    (Pair, SubPair(1), ""),
    (typing.Tuple[int, str], Pair(1), ""),
    (typing.Deque[int], collections.deque([1], maxlen=3), ""),
    (collections.deque, collections.deque([1], maxlen=3), ""),
    (typing.DefaultDict[str, int], collections.defaultdict(float, a=1), ""),
    (typing.DefaultDict[str, List[int]], collections.defaultdict(None, a=[1]), ""),
]


@pytest.mark.parametrize(("hint", "value", "where"), REFUSED, ids=repr)
def test_what_would_lose_its_class_or_state_is_refused(hint, value, where):
    codec = ENGINE.codec(hint)
    for write in (codec.encode, codec.to_plain):
        with pytest.raises(TypeTransformerFailedError) as caught:
            write(value)
        assert caught.value.where == where
        assert caught.value.fix


KEPT = [
    (Union[Base, Sub, SameFields], [Base(), Sub(), SameFields()]),
    (Union[AttrsBase, AttrsSub], [AttrsBase(), AttrsSub()]),
    (Union[StructBase, StructSub], [StructBase(), StructSub()]),
    (typing.DefaultDict[str, List[int]], [collections.defaultdict(list, a=[1])]),
    (typing.Deque[int], [collections.deque([1, 2])]),
    (
        dt.datetime,
        [dt.datetime(2024, 10, 27, 2, 30, fold=fold, tzinfo=zone) for fold in (0, 1) for zone in (None, BERLIN)],
    ),
    (
        dt.datetime,
        [dt.datetime(2020, 1, 1, tzinfo=zone, fold=1) for zone in (dt.timezone.utc, BERLIN, zoneinfo.ZoneInfo("UTC"))],
    ),
    (
        dt.datetime,
        [dt.datetime(2020, 1, 1, tzinfo=zoneinfo.ZoneInfo("UTC")), dt.datetime(2024, 3, 31, 2, 30, tzinfo=BERLIN)],
    ),
    (dt.time, [dt.time(1, 2, fold=1), dt.time(1, fold=1, tzinfo=dt.timezone.utc)]),
]


@pytest.mark.parametrize(("hint", "values"), KEPT, ids=lambda x: repr(x)[:60])
def test_class_and_state_are_kept(hint, values):
    for value in values:
        for given_hint, given in ((hint, value), (List[hint], [value] * 9), (Dict[int, hint], {1: value})):
            codec = ENGINE.codec(given_hint)
            assert exactly_equal(codec.decode(codec.encode(given)), given)
            assert exactly_equal(codec.from_plain(codec.to_plain(given)), given)


def test_the_zone_of_a_datetime_is_a_zoneinfo_or_a_timezone():
    codec = ENGINE.codec(dt.datetime)
    for zone in (dt.timezone.utc, dt.timezone(dt.timedelta(hours=2)), zoneinfo.ZoneInfo("UTC"), BERLIN):
        value = dt.datetime(2020, 1, 1, tzinfo=zone)
        for back in (codec.decode(codec.encode(value)), codec.from_plain(codec.to_plain(value))):
            assert back.tzinfo == zone
            assert type(back.tzinfo) is type(zone)


@pytest.mark.parametrize(
    "text", ["2020-01-01T00:00:00+01:00[No/Where]", "2020-01-01T00:00:00[Europe/Berlin]", "x[fold=1]", "[", "]"]
)
def test_a_damaged_zone_is_an_error(text):
    with pytest.raises(TypeTransformerFailedError):
        ENGINE.codec(dt.datetime).from_plain(text)


@pytest.mark.parametrize("dialect", ["v1"])
@pytest.mark.parametrize(("up", "down"), [(Sub, Base), (List[Sub], List[Base])], ids=repr)
def test_a_subclass_with_more_fields_does_not_flow_when_compiled_either(up, down, dialect):
    engine = ENGINE.clone(dialect=dialect)
    reason = assignable(engine.codec(up).literal_type, engine.codec(down).literal_type)
    assert "has no field y" in reason
    assert assignable(engine.codec(up).literal_type, engine.codec(Union[down, up]).literal_type) is None


@task
def make_sub() -> Sub:
    return Sub()


@task
def take_base(b: Base) -> int:
    return b.x


def test_the_refusal_names_the_call():
    @workflow
    def flows() -> int:
        return take_base(b=make_sub())

    with pytest.raises(DrawloomError, match="has no field y"):
        flows()


class Kind(str, enum.Enum):
    BASE = "base"
    A = "a"


@dataclasses.dataclass
class Shape(DataClassJSONMixin):
    class Config(BaseConfig):
        discriminator = Discriminator(field="kind", include_subtypes=True)

    kind: Kind = Kind.BASE
    n: int = 0


@dataclasses.dataclass
class ShapeA(Shape):
    kind: Kind = Kind.A
    more: str = "m"


@dataclasses.dataclass
class NoTag(Shape):
    other: int = 0


@dataclasses.dataclass
class Drawing:
    shapes: List[Shape]


@dataclasses.dataclass
class Node(DataClassDictMixin):
    type: Literal["node"] = "node"


@dataclasses.dataclass
class Leaf(Node):
    type: Literal["leaf"] = "leaf"
    weight: float = 0.5


TOLD = Annotated[Node, Discriminator(field="type", include_subtypes=True)]


@pytest.mark.parametrize("dialect", ["v1", "v2"])
@pytest.mark.parametrize(
    ("hint", "values"),
    [
        (Shape, [Shape(n=1), ShapeA(n=2, more="x")]),
        (ShapeA, [ShapeA()]),
        (List[Shape], [[Shape(), ShapeA()]]),
        (Drawing, [Drawing([ShapeA(), Shape()])]),
        (TOLD, [Node(), Leaf(weight=2.0)]),
        (Dict[str, TOLD], [{"a": Leaf(), "b": Node()}]),
    ],
    ids=repr,
)
def test_a_discriminator_tells_the_subclasses(hint, values, dialect):
    codec = ENGINE.clone(dialect=dialect).codec(hint)
    for value in values:
        assert exactly_equal(codec.decode(codec.encode(value)), value)
        assert exactly_equal(codec.from_plain(codec.to_plain(value)), value)


def test_a_discriminated_subclass_flows_and_one_without_a_tag_of_its_own_is_refused():
    assert assignable(ENGINE.codec(ShapeA).literal_type, ENGINE.codec(Shape).literal_type) is None
    with pytest.raises(TypeTransformerFailedError, match="names its class|declared type"):
        ENGINE.codec(Shape).encode(NoTag())


def test_any_in_a_record_keeps_exactly_the_plain_classes():
    @dataclasses.dataclass
    class Loose:
        x: Any

    codec = ENGINE.codec(Loose)
    for value in (1, "a", None, [1.5, {"a": b"b"}], {1: "a", "1": True}):
        assert exactly_equal(codec.decode(codec.encode(Loose(value))), Loose(value))
    for value in ((1,), [(1,)], {"a": {1}}, Kind.A, collections.OrderedDict(a=1)):
        with pytest.raises(TypeTransformerFailedError) as caught:
            codec.encode(Loose(value))
        assert caught.value.where.startswith(".x")


@dataclasses.dataclass
class Grows:
    x: int
    xs: List[int] = dataclasses.field(default_factory=list)

    def __post_init__(self):
        self.x += 1
        self.xs.append(self.x)


@dataclasses.dataclass(frozen=True)
class GrowsFrozen:
    x: int

    def __post_init__(self):
        object.__setattr__(self, "x", self.x + 1)


@dataclasses.dataclass
class GrowsJson(DataClassJSONMixin):
    x: int
    b: bytes = b"a"

    def __post_init__(self):
        self.x += 1


@dataclasses.dataclass(init=False)
class OtherArguments:
    x: int

    def __init__(self, a, b):
        self.x = a + b


@dataclasses.dataclass
class Parts:
    x: int
    shared: typing.ClassVar[int] = 3
    given: dataclasses.InitVar[int] = 4
    named: int = dataclasses.field(kw_only=True, default=3)
    late: int = dataclasses.field(init=False, default=5)
    hidden: int = dataclasses.field(repr=False, compare=False, default=0)

    def __post_init__(self, given):
        self.late += given
        self.x += 1


@attrs.define
class Converted:
    x: int = attrs.field(converter=lambda value: value + 1)
    y: int = attrs.field(init=False)

    def __attrs_post_init__(self):
        self.y = self.x


@attrs.define(init=False)
class AttrsArguments:
    x: int

    def __init__(self, z):
        self.__attrs_init__(z + 1)


class StructGrows(msgspec.Struct, frozen=True):
    x: int

    def __post_init__(self):
        msgspec.structs.force_setattr(self, "x", self.x + 1)


@pydantic.dataclasses.dataclass
class Validated:
    x: int

    @pydantic.field_validator("x")
    @classmethod
    def _more(cls, x):
        return x + 1


class NewPair(Pair):
    def __new__(cls, a, b="b"):
        return super().__new__(cls, a + 1, b)


@dataclasses.dataclass
class OnlyChecks:
    x: int

    def __post_init__(self):
        if self.x < 0:
            raise ValueError("x is negative")


MADE = [
    Grows(1),
    GrowsFrozen(1),
    GrowsJson(1),
    OtherArguments(1, 2),
    Parts(1, given=9, named=8),
    Converted(1),
    AttrsArguments(1),
    StructGrows(1),
    Validated(1),
    NewPair(1),
    OnlyChecks(1),
]


@pytest.mark.parametrize(
    "engine", [ENGINE, ENGINE.clone(dialect="v2"), ENGINE.clone(legacy_structs=True)], ids=["v1", "v2", "legacy"]
)
@pytest.mark.parametrize("value", MADE, ids=lambda value: type(value).__name__)
def test_a_constructor_that_changes_what_it_is_given_does_not_change_a_value(value, engine):
    before = repr(value)
    for hint, given in ((type(value), value), (List[type(value)], [value] * 9), (Union[type(value), str], value)):
        codec = engine.codec(hint)
        for _ in range(2):
            given_again = codec.decode(codec.encode(given))
            assert exactly_equal(given_again, given)
            given = given_again
    assert repr(value) == before, "the value itself is not changed"


def test_a_constructor_that_only_checks_checks_what_is_read_and_nothing_is_added():
    codec = ENGINE.codec(OnlyChecks)
    assert codec.to_plain(OnlyChecks(1)) == {"x": 1}
    with pytest.raises(TypeTransformerFailedError, match="x is negative"):
        codec.from_plain({"x": -1})


def test_a_value_that_its_constructor_refuses_is_refused_by_the_reader():
    value = OnlyChecks(1)
    value.x = -1
    codec = ENGINE.codec(List[OnlyChecks])
    with pytest.raises(TypeTransformerFailedError, match="x is negative") as caught:
        codec.decode(codec.encode([value]))
    assert caught.value.where == "[0]"


def test_what_a_person_writes_goes_through_the_constructor():
    assert ENGINE.codec(Grows).from_plain({"x": 1}) == Grows(1)
    assert ENGINE.codec(Grows).from_plain({"x": 1, "xs": [], "drawloom.fields": True}).x == 1


def test_a_guessed_class_takes_values_of_the_class_that_it_stands_for():
    @dataclasses.dataclass
    class Inner:
        n: int

    @dataclasses.dataclass
    class Outer:
        x: int
        inner: Inner
        many: List[Inner]

    @dataclasses.dataclass
    class Other:
        x: int
        inner: Inner
        many: List[Inner]

    value = Outer(1, Inner(2), [Inner(3)])
    codec = ENGINE.codec(Outer)
    guessed = ENGINE.codec(TypeEngine.guess_python_type(codec.literal_type))
    assert codec.decode(guessed.encode(value)) == value
    assert guessed.encode(guessed.decode(codec.encode(value))) == codec.encode(value)
    with pytest.raises(TypeTransformerFailedError):
        guessed.encode(Other(1, Inner(2), []))

    literal_type = ENGINE.codec(Union[Outer, Inner, str]).literal_type
    either = ENGINE.codec(TypeEngine.guess_python_type(literal_type))
    for given in (value, Inner(2), "text"):
        assert either.encode(given) == ENGINE.codec(Union[Outer, Inner, str]).encode(given)
    with pytest.raises(TypeTransformerFailedError):
        either.encode(Other(1, Inner(2), []))
