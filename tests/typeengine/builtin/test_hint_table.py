"""Every hint of the table converts there and back, written plainly and under `from __future__ import annotations`."""

import sys
import types

import pytest

from literals import DrawloomError, conforms
from strategies.typed import exactly_equal
from typeengine import Engine, UnsupportedTypeError, scope_of

PREAMBLE = """
import collections, collections.abc, dataclasses, datetime, decimal, enum, fractions, ipaddress, pathlib, typing, uuid, zoneinfo
from collections import Counter, OrderedDict, defaultdict, deque
from dataclasses import InitVar, dataclass, field
from typing import *
import typing_extensions as te

class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"
class Level(enum.IntEnum):
    LOW = 1
class StrColor(str, enum.Enum):
    RED = "red"
class Odd(enum.Enum):
    PAIR = (1, 2)
class Perm(enum.Flag):
    R = 1
class MyInt(int): pass
class MyStr(str): pass
class MyFloat(float): pass
UserId = NewType("UserId", int)
Names = NewType("Names", List[str])
Alias = Dict[str, List[int]]
T = TypeVar("T")
B = TypeVar("B", bound=int)
C = TypeVar("C", int, str)

@dataclass
class Point:
    x: int
    y: float = 1.5
@dataclass(frozen=True)
class Frozen:
    x: int
@dataclass
class Slots:
    __slots__ = ("x",)
    x: int
@dataclass(kw_only=True)
class KwOnly:
    x: int
    y: int = 2
@dataclass(order=True)
class Ordered:
    x: int
@dataclass
class WithInit:
    x: int
    scale: InitVar[int] = 2
    def __post_init__(self, scale):
        self.x = self.x * scale
@dataclass
class NoInit:
    x: int
    y: int = field(init=False, default=9)
@dataclass
class Factory:
    xs: List[int] = field(default_factory=list)
@dataclass
class Child(Point):
    z: Optional[str] = None
@dataclass
class Node:
    v: int
    nxt: Optional["Node"] = None
@dataclass
class Tree:
    v: int
    kids: List["Tree"] = field(default_factory=list)
    by: Dict[str, "Tree"] = field(default_factory=dict)
@dataclass
class Ping:
    pong: Optional["Pong"] = None
@dataclass
class Pong:
    ping: Optional["Ping"] = None
@dataclass
class Selfish:
    me: Optional[te.Self] = None
@dataclass
class Box(Generic[T]):
    item: T
    items: List[T] = field(default_factory=list)
@dataclass
class IntBox(Box[int]):
    pass
@dataclass
class Pair(Generic[T]):
    left: Box[T]
    right: Optional[T] = None
@dataclass
class Deep:
    a: Dict[str, List[Optional[Point]]]
    b: Tuple[int, str]
    c: Union[int, str, Point] = 0
    d: Any = None
    e: Final[int] = 1
    f: ClassVar[int] = 3
    g: Annotated[int, "note"] = 2
    h: Literal["a", 1] = "a"
    i: Color = Color.RED
    j: Union[Frozen, Ordered] = Frozen(1)
@dataclass
class Cat:
    kind: Literal["cat"]
    n: int
@dataclass
class Dog:
    kind: Literal["dog"]
    n: int
@dataclass
class Zoo:
    pet: Union[Cat, Dog]
    pets: List[Union[Cat, Dog]]
class NT(NamedTuple):
    a: int
    b: str = "z"
class TD(TypedDict):
    a: int
    b: str
class Part(TypedDict, total=False):
    a: int
class Mixed(TypedDict):
    a: te.Required[int]
    b: te.NotRequired[Optional[str]]
class Absent(TypedDict, total=False):
    xs: List[int]
    m: Dict[str, int]
class SubTD(TD):
    c: float
class Pair2(NamedTuple):
    first: NT
    rest: List[NT]
UTC = datetime.timezone.utc
"""

GOOD = """
int | 5
int | -(2**63)
float | 0.1
float | float('-inf')
bool | True
str | 'héllo'
str | ''
bytes | b'\\x00\\xff'
None | None
type(None) | None
datetime.datetime | datetime.datetime(2020, 1, 2, 3, 4, 5, 6)
datetime.datetime | datetime.datetime(2020, 1, 2, tzinfo=UTC)
datetime.datetime | datetime.datetime(2020, 1, 2, tzinfo=datetime.timezone(datetime.timedelta(hours=5, minutes=30)))
datetime.datetime | datetime.datetime(2024, 11, 3, 1, 30, fold=1, tzinfo=zoneinfo.ZoneInfo('America/New_York')) || zone
datetime.datetime | datetime.datetime.min
datetime.datetime | datetime.datetime.max
datetime.date | datetime.date(1969, 12, 31)
datetime.time | datetime.time(1, 2, 3, 4)
datetime.timedelta | datetime.timedelta.min
datetime.timedelta | datetime.timedelta(microseconds=-1)
decimal.Decimal | decimal.Decimal('1.10')
fractions.Fraction | fractions.Fraction(1, 3)
uuid.UUID | uuid.UUID(int=7)
pathlib.Path | pathlib.Path('/a/b')
pathlib.PurePosixPath | pathlib.PurePosixPath('a')
ipaddress.IPv4Address | ipaddress.IPv4Address('10.0.0.1')
ipaddress.IPv6Network | ipaddress.IPv6Network('::/64')
complex | 1+2j
range | range(1, 9, 2)
MyInt | MyInt(3)
MyStr | MyStr('a')
MyFloat | MyFloat(1.5)
Color | Color.RED
Level | Level.LOW
StrColor | StrColor.RED
Odd | Odd.PAIR
UserId | UserId(4)
Names | ['a']
Alias | {'a': [1]}
B | 3
C | 'x'
Literal['a', 'b'] | 'b'
Literal[1, 2] | 2
Literal[True] | True
Literal[None] | None
Literal['a', 1, None] | None
Literal[Color.RED] | Color.RED
Literal[Literal[1], Literal['x']] | 'x'
te.Literal['q'] | 'q'
List[int] | [1, 2]
list[int] | []
List[List[str]] | [[], ['a']]
list[list[list[float]]] | [[[1.0]], []]
List[bool] | [True, False]
List[None] | [None]
List[bytes] | [b'a']
List[Optional[int]] | [1, None]
List[Union[int, str, None]] | [1, 'a', None]
List[datetime.datetime] | [datetime.datetime(2020, 1, 1), datetime.datetime(2020, 1, 1, tzinfo=UTC)]
List[Color] | [Color.BLUE]
List[Literal['a', 'b']] | ['a']
List[Point] | [Point(1), Point(2, 0.5)]
list | [1, 'a', None]
List | [[1]]
set | {1, 2}
collections.OrderedDict | OrderedDict(b=1, a=[2])
Counter | Counter("aab")
defaultdict | defaultdict(None, {1: 2})
Union[pathlib.Path, str, datetime.date] | "2020-01-01"
Absent | {}
Absent | {"xs": [1]}
Set[int] | {3, 1, 2}
set[str] | {'b', 'a'}
frozenset | frozenset({1})
FrozenSet[Frozen] | frozenset({Frozen(1), Frozen(2)})
Deque[int] | deque([1, 2])
deque[str] | deque(['a'])
Sequence[int] | [1]
MutableSequence[int] | [1]
Iterable[str] | ['a']
Collection[int] | [1]
collections.abc.Sequence[int] | [1]
AbstractSet[int] | {1}
MutableSet[int] | {1}
tuple | (1, 2)
Tuple | ()
Tuple[()] | ()
tuple[()] | ()
Tuple[int] | (1,)
Tuple[int, str] | (1, 'a')
tuple[int, str, Optional[float]] | (1, 'a', None)
Tuple[int, ...] | (1, 2, 3)
tuple[Point, ...] | (Point(1),)
Tuple[Tuple[int, str], List[int]] | ((1, 'a'), [2])
dict | {'a': 1, 2: [None, {'b': True}]}
Dict | {}
Dict[str, int] | {'b': 1, 'a': 2}
dict[str, list[int]] | {'a': [1], 'b': []}
Dict[str, Dict[str, float]] | {'a': {'b': 1.0}}
Dict[int, str] | {1: 'a', -5: 'b'}
Dict[float, int] | {1.5: 1}
Dict[bool, int] | {True: 1, False: 0}
Dict[datetime.date, int] | {datetime.date(2020, 1, 1): 1}
Dict[Color, int] | {Color.RED: 1}
Dict[Tuple[int, int], str] | {(1, 2): 'a'}
Dict[Frozen, int] | {Frozen(1): 1}
Dict[uuid.UUID, Point] | {uuid.UUID(int=1): Point(1)}
Dict[Union[int, str], int] | {1: 1, 'a': 2}
Dict[Literal['a', 'b'], int] | {'a': 1}
Dict[int, Any] | {1: [1, 'a']}
Dict[MyStr, int] | {MyStr('a'): 1}
Mapping[str, int] | {'a': 1}
MutableMapping[int, int] | {1: 1}
typing.OrderedDict[str, int] | OrderedDict(b=1, a=2)
OrderedDict[int, str] | OrderedDict([(2, 'a'), (1, 'b')])
DefaultDict[str, int] | defaultdict(int, a=1)
defaultdict[int, list[int]] | defaultdict(list, {1: [2]})
Counter[str] | Counter('aab')
typing.Counter[int] | Counter([1, 1])
Optional[int] | None
Optional[int] | 5
int | None | 5
int | str | float | 1.0
Union[None, int] | None
Union[int, str] | 'a'
Union[int, bool] | True
Union[bool, int] | 0
Union[int, float] | 1
Union[float, int] | 1
Union[str, bytes] | b'a'
Union[datetime.datetime, datetime.date] | datetime.date(2020, 1, 1)
Union[List[int], List[str]] | ['a']
Union[List[int], List[str]] | []
Union[Dict[str, int], Dict[str, str]] | {'a': 'b'}
Union[List[int], Dict[str, int], int] | {'a': 1}
Union[Frozen, Ordered] | Ordered(1)
Union[Frozen, Ordered] | Frozen(1)
Union[Point, Line] | Line(1) || Line = Frozen
Union[Cat, Dog] | Dog('dog', 1)
Union[Color, int] | Color.RED
Union[Color, str] | 'red'
Union[Color, str] | Color.RED
Union[Literal['a'], int] | 'a'
Union[decimal.Decimal, uuid.UUID, str] | uuid.UUID(int=1)
Union[pathlib.Path, str] | '/a'
Union[pathlib.Path, str] | pathlib.Path('/a')
Union[Tuple[int, str], List[int]] | (1, 'a')
Union[MyInt, int] | MyInt(1)
Union[Set[int], FrozenSet[int]] | frozenset({1})
Optional[Union[int, Optional[str]]] | 'x'
Optional[Optional[Point]] | Point(1)
Optional[dict] | {'a': 1}
Optional[List[Optional[Dict[str, Optional[int]]]]] | [None, {'a': None}]
Annotated[int, 'doc'] | 5
Annotated[Optional[List[int]], 'doc', {'unhashable': 1}] | [1]
Annotated[Point, 'doc'] | Point(1)
List[Annotated[int, 'x']] | [1]
te.Annotated[dict, {'a': 1}] | {'a': 1}
Final[int] | 5
Point | Point(-5, 0.5)
Frozen | Frozen(1)
Slots | Slots(1) || eq
KwOnly | KwOnly(x=1)
WithInit | WithInit(3)
NoInit | NoInit(1)
Factory | Factory([1])
Child | Child(1, 2.0, 'z')
Node | Node(1, Node(2, Node(3)))
Tree | Tree(1, [Tree(2)], {'a': Tree(3)})
Ping | Ping(Pong(Ping()))
Selfish | Selfish(Selfish())
Box[int] | Box(1, [2])
Box[str] | Box('a')
Box[Point] | Box(Point(1))
Box[Box[int]] | Box(Box(1))
Box[Optional[int]] | Box(None, [1, None])
IntBox | IntBox(1)
Pair[int] | Pair(Box(1), 2)
List[Box[int]] | [Box(1)]
Deep | Deep({'a': [None, Point(1)]}, (1, 'a'), Point(2), {'k': [1]})
Deep | Deep({}, (1, 'a'), j=Ordered(1))
Zoo | Zoo(Dog('dog', 1), [Cat('cat', 2), Dog('dog', 3)])
NT | NT(1)
Pair2 | Pair2(NT(1), [NT(2, 'b')])
List[NT] | [NT(1)]
Optional[NT] | NT(1, 'q')
TD | {'a': 1, 'b': 'x'}
SubTD | {'a': 1, 'b': 'x', 'c': 0.5}
Part | {}
Part | {'a': 1}
Mixed | {'a': 1}
Mixed | {'a': 1, 'b': None}
Mixed | {'a': 1, 'b': 'x'}
List[TD] | [{'a': 1, 'b': 'x'}]
Dict[str, TD] | {'k': {'a': 1, 'b': 'x'}}
"List[Point]" | [Point(1)]
List["Point"] | [Point(1)]
Optional["Node"] | Node(1)
Dict[str, "List[Node]"] | {'a': [Node(1)]}
"""

BAD = """
Any | Any does not say what a value is
object | Any does not say what a value is
List[Any] | Any does not say what a value is
Dict[str, Any] | Any does not say what a value is
Perm | is a Flag
T | has no bound
Box | has no bound
Callable[[int], int] | no transformer takes the type
5 | this is not a type
datetime | is a module, not a type
(int, str) | a tuple of types is not a type
[int] | a list of types is not a type
len | not a type
Type[int] | no transformer takes the type
NoReturn | this is not a type
enum.Enum | has no members
Undefined | is not known where it is used
List["Undefined"] | is not known where it is used
"List[" | cannot be evaluated
memoryview | no transformer takes the type
type | no transformer takes the type
slice | no transformer takes the type
Point(1) | this is not a type
"""


def entries(text, parts):
    return [tuple(field.strip() for field in line.rsplit(" | ", parts)) for line in text.strip().splitlines()]


def cases():
    for line in GOOD.strip().splitlines():
        line, _, extra = line.partition(" || ")
        hint, value = line.rsplit(" | ", 1)
        yield pytest.param(hint.strip(), value.strip(), extra.strip(), id=f"{hint.strip()}={value.strip()}"[:80])


@pytest.fixture
def names():
    module = types.ModuleType("hint_table")
    sys.modules["hint_table"] = module
    exec(PREAMBLE, module.__dict__)
    yield module.__dict__
    del sys.modules["hint_table"]


def hint_of_parameter(hint, names, future):
    head = "from __future__ import annotations\n" if future else ""
    exec(f"{head}def f(x: {hint}): ...", names)
    function = names["f"]
    return function.__annotations__["x"], scope_of(function)


@pytest.mark.parametrize("future", [False, True], ids=["plain", "future"])
@pytest.mark.parametrize(("hint", "value", "extra"), list(cases()))
def test_a_hint_of_the_table_converts_there_and_back(hint, value, extra, future, names):
    if "=" in extra:
        exec(extra, names)
    codec = Engine().codec(*hint_of_parameter(hint, names, future))
    given = eval(value, names)
    data = codec.encode(given)
    assert exactly_equal(codec.decode(data), given) or (extra == "eq" and codec.decode(data) == given)
    assert conforms(data, codec.literal_type) is None
    assert exactly_equal(codec.from_plain(codec.to_plain(given)), given) or extra in (
        "eq",
        "zone",
    )  # a struct keeps a zone's offset only
    assert codec.encode(codec.decode(data)) == data


@pytest.mark.parametrize("future", [False, True], ids=["plain", "future"])
@pytest.mark.parametrize(("hint", "said"), entries(BAD, 1))
def test_a_hint_that_is_refused_says_why_when_it_is_resolved(hint, said, future, names):
    with pytest.raises((UnsupportedTypeError, NameError, SyntaxError)) as caught:
        Engine().codec(*hint_of_parameter(hint, names, future))
    if isinstance(caught.value, DrawloomError):
        assert said in str(caught.value)
        assert caught.value.fix
    else:
        assert not future  # Python itself refuses the plain spelling


def test_the_table_has_at_least_150_hints():
    assert len({case.values[0] for case in cases()}) >= 150


def test_a_local_class_is_found_under_future_annotations():
    space = {}
    exec(
        "from __future__ import annotations\n"
        "import dataclasses\n"
        "def outer(engine, scope_of):\n"
        "    @dataclasses.dataclass\n"
        "    class Local:\n"
        "        x: int\n"
        "        nxt: Local | None = None\n"
        "    def f(p: list[Local]): ...\n"
        "    codec = engine.codec(f.__annotations__['p'], scope_of(f, locals()))\n"
        "    return codec, [Local(1, Local(2))]\n",
        space,
    )
    codec, value = space["outer"](Engine(), scope_of)
    assert codec.decode(codec.encode(value)) == value


def test_equal_types_have_one_codec_however_they_are_spelled(names):
    engine = Engine()
    for left, right in [
        ("Optional[int]", "int | None"), ("List[int]", "list[int]"), ("UserId", "int"), ("'int'", "int"),
        ("Dict[str, Point]", "dict[str, 'Point']"), ("Union[int, str]", "int | str"), ("Alias", "dict[str, list[int]]"),
    ]:  # fmt: skip
        one, two = (engine.codec(*hint_of_parameter(hint, names, False)) for hint in (left, right))
        assert one is two


def test_the_order_of_variants_is_part_of_the_type():
    import typing

    engine = Engine()
    assert engine.codec(typing.Union[int, str]) is not engine.codec(typing.Union[str, int])


@pytest.mark.skipif(sys.version_info < (3, 12), reason="PEP 695 syntax")
def test_type_statements_are_seen_through_and_recursive_ones_are_finite():
    space = {}
    exec(
        "type Ints = list[int]\n"
        "type Json = dict[str, Json] | list[Json] | str | int | None\n"
        "type Nested[T] = list[Nested[T]] | T\n",
        space,
    )
    engine = Engine()
    assert engine.codec(space["Ints"]) is engine.codec(list[int])
    for hint, value in [("Json", {"a": [1, None, {"b": []}]}), ("Json", "x"), ("Json", [])]:
        codec = engine.codec(space[hint])
        assert codec.decode(codec.encode(value)) == value
    codec = engine.codec(space["Nested"][int])
    assert codec.decode(codec.encode([1, [2, [3]]])) == [1, [2, [3]]]
