"""The fast ways out of bytes give what the plain walk gives, for whole literals and for damaged ones."""

import contextlib
import dataclasses
import datetime as dt
import itertools
import typing

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from literals import DrawloomError, parse, pb, wire
from strategies.typed import exactly_equal, typed_values
from typeengine import Engine
from typeengine.testing import strategy_for

V1 = Engine()
LAW = settings(
    max_examples=max(1, settings.default.max_examples // 4),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@st.composite
def damaged(draw, data):
    """Bytes with a few of them changed, cut out or put in."""
    out = bytearray(data)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, max(len(out) - 1, 0)))
        kind = draw(st.sampled_from(["change", "cut", "add", "end"]))
        if kind == "change" and out:
            out[place] = draw(st.integers(0, 255))
        elif kind == "cut":
            del out[place : place + draw(st.integers(1, 4))]
        elif kind == "add":
            out[place:place] = draw(st.binary(min_size=1, max_size=3))
        else:
            del out[place:]
    return bytes(out)


def outcome(call):
    try:
        return "value", call()
    except DrawloomError:
        return "error", None


def same_outcome(codec, data):
    kind, found = outcome(lambda: codec.decode(data))
    wanted, walked = outcome(lambda: codec.read(parse(pb.Literal, data)))
    assert kind == wanted
    assert kind == "error" or exactly_equal(found, walked) or repr(found) == repr(walked)


@LAW
@given(typed_values(), st.data())
def test_damaged_literals_give_what_the_walk_gives_or_our_error(pair, data):
    hint, value = pair
    codec = V1.codec(hint)
    same_outcome(codec, data.draw(damaged(codec.encode(value))))


@LAW
@given(typed_values(), st.data())
def test_a_reserialized_literal_gives_the_same_value(pair, data):
    hint, value = pair
    codec = V1.codec(hint)
    message = parse(pb.Literal, codec.encode(value))
    message.hash = data.draw(st.sampled_from(["", "h"]))
    assert exactly_equal(codec.decode(message.SerializeToString()), value)


@LAW
@given(
    st.binary(max_size=60), st.sampled_from([int, str, float, bool, list[int], dict[str, int], dict, int | str, None])
)
def test_any_bytes_give_a_value_or_our_error(data, hint):
    codec = V1.codec(hint)
    kind, found = outcome(lambda: codec.decode(data))
    wanted, walked = outcome(lambda: codec.read(parse(pb.Literal, data)))
    assert (kind, repr(found)) == (wanted, repr(walked))


@dataclasses.dataclass
class Inner:
    a: int
    b: typing.Optional[str] = None


@dataclasses.dataclass
class Outer:
    items: typing.List[Inner]
    sizes: typing.Dict[str, int]
    when: dt.datetime
    either: typing.Union[int, str] = 0


ELEMENTS = [
    int,
    float,
    str,
    bool,
    dt.datetime,
    dt.timedelta,
    typing.Optional[int],
    typing.Union[int, str, None],
    typing.Union[float, dt.datetime, typing.List[int]],
    Inner,
    Outer,
    typing.Optional[Inner],
]
WRAPPED = [
    lambda t: t,
    lambda t: typing.List[t],
    lambda t: typing.Dict[str, t],
    lambda t: typing.List[typing.List[t]],
    lambda t: typing.Dict[str, typing.List[t]],
    lambda t: typing.Optional[typing.List[t]],
]
HINTS = [wrap(element) for element in ELEMENTS for wrap in WRAPPED]
LONG = st.sampled_from(["", "a" * 121, "b" * 130, "é" * 70, "\0\x1e\0", "c" * 20_000])


@st.composite
def sized_values(draw):
    """(hint, codec, value): lists also of many elements and texts also of many bytes."""
    hint = draw(st.sampled_from(HINTS))
    value = draw(strategy_for(hint))
    if isinstance(value, list) and value and draw(st.booleans()):
        value = [*value, *(value * draw(st.integers(1, 30)))]
    if isinstance(value, list) and typing.get_args(hint)[:1] == (str,) and draw(st.booleans()):
        value.append(draw(LONG))
    return V1.codec(hint), value


def inside(literal):
    """The literals in a literal, itself included."""
    yield literal
    kind = literal.WhichOneof("value")
    if kind == "collection":
        for one in literal.collection.literals:
            yield from inside(one)
    elif kind == "map":
        for name in sorted(literal.map.literals):
            yield from inside(literal.map.literals[name])
    elif kind == "scalar" and literal.scalar.WhichOneof("value") == "union":
        yield from inside(literal.scalar.union.value)


OTHER_KINDS = [
    pb.Literal(),
    pb.Literal(scalar=pb.Scalar(none_type=pb.Void())),
    pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive())),
    pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(integer=7))),
    pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(float_value=7.0))),
    pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(string_value="7"))),
    pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(boolean=True))),
    pb.Literal(scalar=pb.Scalar(binary=pb.Binary(value=b"\x07", tag="msgpack"))),
    pb.Literal(scalar=pb.Scalar(binary=pb.Binary(value=b"\x07", tag="other"))),
    pb.Literal(collection=pb.LiteralCollection()),
    pb.Literal(map=pb.LiteralMap()),
]


@st.composite
def changed(draw, data):
    """The bytes with a literal in them hashed, described, emptied or of another kind."""
    message = parse(pb.Literal, data)
    for _ in range(draw(st.integers(1, 3))):
        chosen = draw(st.sampled_from(list(inside(message))))
        kind = draw(st.sampled_from(["hash", "metadata", "other", "kind"]))
        if kind == "hash":
            chosen.hash = draw(st.sampled_from(["h", "h" * 200]))
        elif kind == "metadata":
            chosen.metadata[draw(st.sampled_from(["tz", "k"]))] = draw(st.sampled_from(["naive", "+03:00", "v"]))
        elif kind == "other":
            chosen.CopyFrom(draw(st.sampled_from(OTHER_KINDS)))
        elif chosen.WhichOneof("value") == "collection":
            del chosen.collection.literals[draw(st.integers(0, 3)) :]
    return message.SerializeToString(deterministic=True)


def padded(number, by):
    """A varint with `by` bytes more than it needs."""
    data = bytearray(wire.varint(number))
    for _ in range(min(by, 9 - len(data))):
        data[-1] |= 0x80
        data.append(0)
    return bytes(data)


def overlong(data, choices, depth=5):
    """The same message, with some of its lengths and ints longer than they need be: `choices` gives by how much."""
    out = bytearray()
    for number, kind, start, end in wire.fields(data):
        body = data[start:end]
        if kind == wire.LENGTH:
            if depth:
                with contextlib.suppress(wire.WireError):
                    body = overlong(body, choices, depth - 1)
            out += wire.tag(number, kind) + padded(len(body), next(choices)) + body
        elif kind == wire.VARINT:
            out += wire.tag(number, kind) + padded(wire.read_varint(data, start)[0], next(choices))
        else:
            out += wire.tag(number, kind) + body
    return bytes(out)


@LAW
@given(sized_values(), st.data())
def test_hashes_metadata_empties_and_other_kinds_inside_give_what_the_walk_gives(pair, data):
    codec, value = pair
    literal = codec.encode(value)
    assert exactly_equal(codec.decode(literal), value)
    assert exactly_equal(codec.read(parse(pb.Literal, literal)), value)
    same_outcome(codec, data.draw(changed(literal)))


@LAW
@given(sized_values(), st.lists(st.sampled_from([0, 0, 0, 1, 5]), min_size=1, max_size=8))
def test_encodings_longer_than_they_need_be_give_what_the_walk_gives(pair, pads):
    codec, value = pair
    same_outcome(codec, overlong(codec.encode(value), itertools.cycle(pads)))
