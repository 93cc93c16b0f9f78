"""Bytes that nobody's serializer writes: each is read as the walk reads it, or refused by our error, in bounded time."""

import dataclasses
import datetime as dt
import decimal
import enum
import fractions
import ipaddress
import pathlib
import time
import typing
import uuid
import weakref

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from literals import DrawloomError, parse, pb, wire
from typeengine import Engine
from typeengine.wire.plain_values import pack

ENGINE = Engine()
LAW = settings(
    max_examples=max(1, settings.default.max_examples // 2), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
SECOND = 1.0
"""Seconds of the processor that a single small input may take; a clock on the wall would measure who else is at work."""


LONGEST_MESSAGE = 2000
"""Characters of an error, whatever it is about."""


def field(number, body):
    return wire.tag(number, wire.LENGTH) + wire.varint(len(body)) + body


def element(*cells, scalar_junk=b""):
    """A list's element whose primitive has these cells, and whose scalar has some other bytes behind it."""
    return field(1, field(1, field(1, b"".join(cells)) + scalar_junk))


def text_literal(text):
    return pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(string_value=text))).SerializeToString()


def struct_literal(tree):
    return pb.Literal(scalar=pb.Scalar(binary=pb.Binary(value=pack(tree), tag="msgpack"))).SerializeToString()


def outcome(call):
    start = time.thread_time()
    size = 0
    try:
        found = "value", call()
    except DrawloomError as error:
        found = "error", None
        size = len(str(error))
    assert size < LONGEST_MESSAGE
    assert time.thread_time() - start < SECOND
    return found


def same_as_walk(codec, data):
    """Whether the bytes have a value; the fast way and the walk say the same."""
    found = outcome(lambda: codec.decode(data))
    walked = outcome(lambda: codec.read(parse(pb.Literal, data)))
    assert (found[0], repr(found[1])) == (walked[0], repr(walked[1]))
    return found[0] == "value"


CELLS = {
    int: (b"\x08\x01", b"\x08\x02"),
    str: (field(3, b"a"), field(3, b"b")),
    float: (b"\x11" + b"\1" * 8, b"\x11" + b"\2" * 8),
    bool: (b"\x20\x01", b"\x20\x01"),
    dt.datetime: (field(5, b"\x08\x01"), field(5, b"\x08\x02")),
    dt.timedelta: (field(6, b"\x08\x01"), field(6, b"\x08\x02")),
}
EMPTY = [
    element(),
    field(1, field(1, b"")) + b"",
    field(1, b""),
    field(1, field(1, b"") * 2),
    field(1, field(1, field(1, b"") * 3)),
]
"""Elements without a value, of two to ten bytes."""


@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize("kind", CELLS, ids=lambda kind: kind.__name__)
def test_an_element_with_two_values_is_not_two_elements(kind, count):
    first, second = CELLS[kind]
    size = len(first)
    junk = [element(scalar_junk=wire.tag(15, wire.LENGTH) + wire.varint(n) + b"x" * n) for n in range(size)]
    for hollow in (*EMPTY, *junk):
        for pair in ([element(first, second), hollow], [hollow, element(first, second)]):
            data = field(2, b"".join(pair * count))
            assert not same_as_walk(ENGINE.codec(typing.List[kind]), data)


@pytest.mark.parametrize("values", [[0, 0, 1], [0], ["", "a\0b", "\0"], [dt.datetime(1970, 1, 1)], [dt.timedelta(0)]])
def test_zeros_in_values_are_no_empty_elements(values):
    codec = ENGINE.codec(typing.List[type(values[0])])
    assert codec.decode(codec.encode(values * 9)) == values * 9


def test_columns_of_pairs_are_the_one_exception():
    one, two = (pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(integer=n))).SerializeToString() for n in (1, 2))
    odd = field(1, field(1, b"a") + field(1, b"b") + field(2, one)) + field(1, field(2, two))
    codec = ENGINE.codec(typing.Dict[str, int])
    assert codec.decode(field(3, odd)) == codec.read(parse(pb.Literal, field(3, odd))) == {"b": 1, "": 2}
    # A long map is read by columns.
    usual = b"".join(field(1, field(1, f"name{n}".encode()) + field(2, one)) for n in range(40))
    data, others = field(3, odd + usual), {f"name{n}": 1 for n in range(40)}
    assert codec.decode(data) == {"a": 1, "b": 2, **others}
    assert codec.read(parse(pb.Literal, data)) == {"b": 1, "": 2, **others}


@dataclasses.dataclass
class Pair:
    a: int


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("number", [2, 3, 4, 9])
@pytest.mark.parametrize("hint", [typing.List[Pair], typing.List[typing.Union[int, str]]], ids=["structs", "unions"])
def test_an_element_with_two_pairs_is_not_two_elements(hint, number, place):
    """The other one is something else of the size that is missing."""
    codec = ENGINE.codec(hint)
    data = codec.encode([Pair(1), Pair(2), Pair(3)] if hint == typing.List[Pair] else [1, "a", 3])

    def only(body):
        return next((number, body[start:end]) for number, _, start, end in wire.fields(body))

    body = only(data)[1]
    scalars = [only(body[start:end])[1] for _, _, start, end in wire.fields(body)]
    (kind, one), (_, two) = map(only, scalars[:2])
    pair = [field(1, field(1, field(kind, one + two))), field(1, wire.tag(number, wire.LENGTH) + b"\x02xx")]
    made = field(2, b"".join([*(pair if place else pair[::-1]), field(1, field(1, scalars[2]))]))
    assert len(made) == len(data)
    same_as_walk(codec, made)


@pytest.mark.parametrize("unknown", [b"\x78\x01", field(15, b"abc"), b"\x7d" + b"\0" * 4])
def test_an_entry_with_an_unknown_field_is_an_entry(unknown):
    one = pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(integer=1))).SerializeToString()
    for kind, name in ((typing.Dict[str, int], "a"), (typing.Dict[int, int], 1)):
        data = field(3, field(1, field(1, str(name).encode()) + field(2, one) + unknown))
        assert ENGINE.codec(kind).decode(data) == {name: 1}
        assert same_as_walk(ENGINE.codec(kind), data)


@pytest.mark.parametrize("hint", [int, float, bool, str, bytes, None, dt.datetime, typing.Optional[int], dict, list])
def test_two_bytes_are_no_value(hint):
    for start in range(256):
        same_as_walk(ENGINE.codec(hint), bytes((0xFF, start)))
        assert not same_as_walk(ENGINE.codec(hint), bytes((start,)))


@pytest.mark.parametrize(
    ("seconds", "nanos", "good"),
    [(1, 10**9, False), (1, 2**31 - 1, False), (0, -(10**9), False), (1, -1000, False), (-1, 1000, False)]
    + [(-1, -1000, True), (0, -1000, True), (1, 999_999_000, True), (2**62, 0, False)],
)
def test_a_duration_out_of_range_is_refused(seconds, nanos, good):
    stamp = pb.Duration(seconds=seconds, nanos=nanos)
    data = pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(duration=stamp))).SerializeToString()
    assert same_as_walk(ENGINE.codec(dt.timedelta), data) is good
    assert same_as_walk(ENGINE.codec(typing.List[dt.timedelta]), field(2, field(1, data) * 9)) is good


HUGE = 100_000
TEXTS = {
    fractions.Fraction: [
        "1e10000000",
        "1e999999999",
        "-1.5E+9999999",
        "1e-10000000",
        "1" * HUGE,
        "1/" + "3" * HUGE,
        "1e1_0000",
    ],
    decimal.Decimal: ["1e1000000000000000000000", "x" * HUGE],
    uuid.UUID: ["1" * HUGE, "{" * HUGE + "1" * 32],
    dt.datetime: ["2" * HUGE, "2024-01-01T00:00:00." + "1" * HUGE],
    dt.date: ["2" * HUGE],
    dt.time: ["1" * HUGE],
    dt.timedelta: ["1" * HUGE, "P" + "1" * HUGE + "D"],
    ipaddress.IPv4Address: ["1." * HUGE],
    ipaddress.IPv6Network: ["1:" * HUGE],
    ipaddress.IPv4Network: ["1.2.3.4/" + "1" * HUGE],
    int: ["1" * HUGE],
    float: ["1" * HUGE],
    bool: ["true" * HUGE],
}


@pytest.mark.parametrize("kind", TEXTS, ids=lambda kind: kind.__name__)
def test_a_text_that_would_take_long_is_refused_at_once(kind):
    codec, keyed = ENGINE.codec(kind), ENGINE.codec(typing.Dict[kind, int])
    for text in TEXTS[kind]:
        assert not same_as_walk(codec, text_literal(text))
        assert not same_as_walk(codec, struct_literal(text))
        assert not same_as_walk(keyed, struct_literal({text: 1}))


def test_numbers_up_to_the_limits_are_read():
    codec = ENGINE.codec(fractions.Fraction)
    for text in ("1e4300", "1e-4300", "9" * 4300 + "/" + "7" * 4300, " 1/3 ", "1e1_0"):
        assert codec.decode(text_literal(text)) == fractions.Fraction(text)
    assert ENGINE.codec(decimal.Decimal).decode(text_literal("1e999999")) == decimal.Decimal("1e999999")
    with pytest.raises(DrawloomError, match="converting the value failed"):
        codec.encode(fractions.Fraction(10**5000))


@dataclasses.dataclass
class Left:
    next: typing.Union["Left", "Right", None] = None
    rest: typing.Optional[typing.List[typing.Union["Left", "Right"]]] = None


@dataclasses.dataclass
class Right:
    next: typing.Union["Left", "Right", None] = None
    rest: typing.Optional[typing.List[typing.Union["Left", "Right"]]] = None
    name: str = ""


def chain(depth, leaf):
    for level in range(depth):
        leaf = {"next": leaf} if level % 2 else {"next": None, "rest": [leaf]}
    return leaf


@pytest.mark.parametrize(
    "leaf", [None, {"name": "x"}, {"name": 1}, "x", [], {"drawloom.variant": 1, "value": {"name": 2}}]
)
@pytest.mark.parametrize("depth", [17, 60])
def test_unions_inside_unions_take_time_by_their_size(depth, leaf):
    codec = ENGINE.codec(Left)
    tree = chain(depth, leaf)
    outcome(lambda: codec.from_plain(tree))
    same_as_walk(codec, struct_literal(tree))


@pytest.mark.parametrize("depth", [17, 60])
def test_values_with_unions_inside_unions_are_written_in_time_by_their_size(depth):
    codec, value = ENGINE.codec(Left), None
    for level in range(depth):
        value = Left(value) if level % 3 else Right(value, [Left(), Right()], "n")
    wrapped = Left(value)
    kind, data = outcome(lambda: codec.encode(wrapped))
    assert kind == "value"
    assert outcome(lambda: codec.decode(data)) == ("value", wrapped)


@pytest.mark.parametrize("hint", [dict, list, typing.Dict[int, list], Left, typing.Dict[int, typing.Any]])
def test_what_is_nested_deeply_is_refused(hint):
    codec = ENGINE.codec(hint)
    for start in (b"\x91" * 5000 + b"\x01", b"\x81\xa4next" * 5000 + b"\xc0", b"\x81\x01" * 5000 + b"\x01"):
        binary = pb.Binary(value=start, tag="msgpack")
        assert not same_as_walk(codec, pb.Literal(scalar=pb.Scalar(binary=binary)).SerializeToString())


class Odd(enum.Enum):
    A = "a"


class Failing:
    """Whatever is asked of it, it fails."""

    def __index__(self):
        raise RuntimeError("no index")

    def __float__(self):
        raise LookupError("no float")

    def __eq__(self, other):
        raise OSError("no comparison")

    def __hash__(self):
        raise OSError("no hash")

    def __iter__(self):
        raise RuntimeError("no elements")

    def __len__(self):
        raise RuntimeError("no length")

    def __str__(self):
        raise RuntimeError("no text")

    __repr__ = __str__


class Nearly(float):
    def __eq__(self, other):
        raise RuntimeError("no comparison")

    __hash__ = float.__hash__


class Slippery(list):
    def __iter__(self):
        raise RuntimeError("no elements")


class Strange(dict):
    def items(self):
        raise RuntimeError("no items")


class Unprintable(decimal.Decimal):
    def __str__(self):
        raise RuntimeError("no text")


class Gone:
    pass


HINTS = [
    int, float, bool, str, bytes, None, dt.datetime, dt.date, dt.time, dt.timedelta, decimal.Decimal, uuid.UUID,
    fractions.Fraction, pathlib.Path, complex, range, Odd, dict, list, tuple, typing.List[int], typing.Dict[str, int],
    typing.Dict[int, int], typing.Tuple[int, str], typing.Set[int], typing.FrozenSet[str], typing.Optional[int],
    typing.Union[int, str], typing.Union[Left, Right], Left, typing.List[Left], typing.Literal[1, "a"],
    typing.Sequence[int], typing.Deque[int], typing.Counter[str], typing.OrderedDict[str, int],
    typing.DefaultDict[str, int], typing.Tuple[int, ...],
]  # fmt: skip


@pytest.mark.parametrize("hint", HINTS, ids=str)
def test_a_value_whose_own_code_fails_is_our_error(hint):
    codec = ENGINE.codec(hint)
    gone = weakref.proxy(Gone())
    values = [Failing(), Nearly(1), Slippery([1]), Strange(a=1), Unprintable(1), gone]
    for value in [*values, *([value] for value in values), *({"a": value} for value in values)]:
        for convert in (codec.encode, codec.to_plain, codec.accepts):
            outcome(lambda convert=convert, value=value: convert(value))


TREES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.text(max_size=6)
    | st.binary(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4) | st.integers(-9, 9), inner, max_size=3)
    ),
    max_leaves=8,
)


@LAW
@given(st.sampled_from(HINTS), TREES)
def test_any_plain_tree_gives_a_value_or_our_error(hint, tree):
    same_as_walk(ENGINE.codec(hint), struct_literal(tree))


@LAW
@given(st.sampled_from(HINTS), st.text(max_size=20))
def test_any_text_gives_a_value_or_our_error(hint, text):
    same_as_walk(ENGINE.codec(hint), text_literal(text))


@LAW
@given(st.sampled_from(HINTS), st.binary(max_size=40))
def test_any_msgpack_gives_a_value_or_our_error(hint, body):
    binary = pb.Binary(value=body, tag="msgpack")
    same_as_walk(ENGINE.codec(hint), pb.Literal(scalar=pb.Scalar(binary=binary)).SerializeToString())
