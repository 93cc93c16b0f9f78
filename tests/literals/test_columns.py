"""Lists by the column against the plain way, element by element over parsed messages."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from literals import canonical_bytes, digest, list_decoding, list_encoding, pb, wire
from strategies.messages import literals, types

INTS = st.one_of(st.integers(-(2**63), 2**63 - 1), st.integers(-2000, 20000), st.integers(0, 2**30))
FLOATS = st.floats()
TEXTS = st.one_of(st.text(max_size=6), st.text(min_size=100, max_size=300))
LENGTHS = st.sampled_from([0, 1, 2, 3, 60, 300, 700])


def primitive(kind, value):
    return pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(**{kind: value})))


def listed(items):
    return pb.Literal(collection=pb.LiteralCollection(literals=items))


KINDS = {
    "integer": (INTS, list_encoding.ints, list_decoding.ints),
    "float_value": (FLOATS, list_encoding.floats, list_decoding.floats),
    "boolean": (st.booleans(), list_encoding.bools, list_decoding.bools),
    "string_value": (TEXTS, list_encoding.texts, list_decoding.texts),
}


def same(a, b):
    return (
        all(x == y or (x != x and y != y) for x, y in zip(a, b))
        and len(a) == len(b)
        and list(map(type, a)) == list(map(type, b))
    )


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_a_list_is_written_as_protobuf_writes_it_and_read_back(kind, data):
    strategy, write, read = KINDS[kind]
    pool = data.draw(st.lists(strategy, min_size=1, max_size=8))
    size = data.draw(LENGTHS)
    values = random.Random(size).choices(pool, k=size)
    expected = canonical_bytes(listed([primitive(kind, v) for v in values]))
    assert write(values) == expected
    assert same(read(expected), values)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_a_list_with_anything_else_in_it_is_left_to_the_plain_walk(kind, data):
    strategy, write, read = KINDS[kind]
    good = [primitive(kind, v) for v in data.draw(st.lists(strategy, max_size=4))]
    odd = data.draw(types.flatmap(literals))
    if data.draw(st.booleans()):
        odd = primitive(kind, data.draw(strategy))
        setattr(odd, *data.draw(st.sampled_from([("hash", "h")])))
    elif odd.scalar.primitive.WhichOneof("value") == kind:
        odd.metadata["k"] = "v"
    at = data.draw(st.integers(0, len(good)))
    assert read(canonical_bytes(listed([*good[:at], odd, *good[at:]]))) is None


@given(
    st.lists(
        st.one_of(st.integers(), st.floats(), st.booleans(), st.text(), st.none(), st.binary()), min_size=1, max_size=5
    )
)
def test_a_list_of_several_classes_is_refused(values):
    written = [
        write(values) for write in (list_encoding.ints, list_encoding.floats, list_encoding.bools, list_encoding.texts)
    ]
    if len(set(map(type, values))) > 1:
        assert written == [None] * 4


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1, 10**30])
@pytest.mark.parametrize("size", [1, 300])
def test_an_int_beyond_64_bits_is_refused(value, size):
    assert list_encoding.ints([1] * size + [value]) is None
    assert list_encoding.ints([value] * size) is None


def test_a_map_with_anything_else_in_it_is_refused():
    for values in ({1: 2}, {"a": 1, "b": True}, {"a": 2**63}, {"\ud800": 1}, {"a": 1, "b": 1.0}):
        assert list_encoding.keyed(values, "integer") is None
    assert list_encoding.keyed({"a": "\ud800"}, "string_value") is None


def test_a_lone_surrogate_is_refused():
    assert list_encoding.texts(["a", "\ud800"]) is None


def test_empty_lists_are_written_and_read():
    for _, write, read in KINDS.values():
        assert write([]) == canonical_bytes(listed([])) == b"\x12\x00"
        assert read(b"\x12\x00") == []
    assert list_decoding.parts(b"\x12\x00") == []


@given(st.lists(types.flatmap(literals), max_size=5))
def test_parts_of_a_list_are_its_elements(items):
    data = canonical_bytes(listed(items))
    parts = [canonical_bytes(item) for item in items]
    assert list_decoding.parts(data) == parts
    assert list_encoding.collection(parts) == data


@given(st.dictionaries(st.text(max_size=4), types.flatmap(literals), max_size=5))
def test_a_map_is_written_as_a_parser_reads_it(items):
    data = list_encoding.mapping({name: canonical_bytes(item) for name, item in items.items()})
    assert dict(pb.Literal.FromString(data).map.literals) == items


@given(st.sampled_from(sorted(KINDS)), st.data())
def test_a_map_to_primitives_is_written_and_read_by_columns(kind, data):
    strategy = KINDS[kind][0]
    values = data.draw(st.dictionaries(st.text(max_size=5), strategy, max_size=6))
    literal = pb.Literal(map=pb.LiteralMap(literals={name: primitive(kind, v) for name, v in values.items()}))
    written = list_encoding.keyed(values, kind)
    assert written == list_encoding.mapping({name: canonical_bytes(primitive(kind, v)) for name, v in values.items()})
    assert pb.Literal.FromString(written) == literal
    found = list_decoding.keyed(canonical_bytes(literal), kind)
    if found is not None:
        assert same([found[name] for name in values], list(values.values()))
        assert len(found) == len(values)
    else:
        assert any(isinstance(v, str) and len(v.encode()) > 100 for v in values.values())
    if values:
        literal.map.literals[next(iter(values))].hash = "h"
        assert list_decoding.keyed(canonical_bytes(literal), kind) is None


@given(st.lists(st.tuples(st.integers(-(10**9), 10**9), st.integers(0, 999_999_999)), max_size=6), st.booleans())
def test_instants_and_lengths_of_time_are_read_as_their_bytes(pairs, durations):
    kind, cls = ("duration", pb.Duration) if durations else ("datetime", pb.Timestamp)
    stamps = [cls(seconds=s, nanos=n) for s, n in pairs]
    data = canonical_bytes(listed([primitive(kind, stamp) for stamp in stamps]))
    assert [cls.FromString(found) for found in list_decoding.stamps(data, durations=durations)] == stamps


@given(st.lists(st.binary(min_size=1, max_size=200), max_size=6), st.sampled_from(["msgpack", "other"]))
def test_records_are_read_as_their_bodies(bodies, tag):
    items = [pb.Literal(scalar=pb.Scalar(binary=pb.Binary(value=body, tag=tag))) for body in bodies]
    data = canonical_bytes(listed(items))
    assert list_decoding.records(data, tag.encode()) == bodies
    if bodies:
        assert list_decoding.records(data, b"foreign") is None


@given(st.lists(types.flatmap(lambda kind: st.tuples(st.just(kind), literals(kind))), max_size=5))
def test_unions_are_read_as_values_and_types(pairs):
    items = [pb.Literal(scalar=pb.Scalar(union=pb.Union(value=value, type=kind))) for kind, value in pairs]
    data = canonical_bytes(listed(items))
    values, kinds = [canonical_bytes(value) for _, value in pairs], [canonical_bytes(kind) for kind, _ in pairs]
    assert list_decoding.unions(data) == (values, kinds)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_the_digest_of_a_plain_list_is_that_of_the_plain_walk(kind, data):
    values = data.draw(st.lists(KINDS[kind][0], min_size=1, max_size=5))
    literal = listed([primitive(kind, v) for v in values])
    assert digest(canonical_bytes(literal)) == digest(literal)


READERS = (
    list_decoding.ints,
    list_decoding.floats,
    list_decoding.bools,
    list_decoding.texts,
    list_decoding.stamps,
    list_decoding.records,
    list_decoding.unions,
    list_decoding.parts,
)


@settings(max_examples=300)
@given(st.data())
def test_damaged_bytes_are_a_column_or_none_and_never_an_error(data):
    kind = data.draw(st.sampled_from(sorted(KINDS)))
    items = [primitive(kind, v) for v in data.draw(st.lists(KINDS[kind][0], min_size=1, max_size=5))]
    damaged = bytearray(canonical_bytes(listed(items)))
    for _ in range(data.draw(st.integers(0, 3))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(damaged[: data.draw(st.integers(0, len(damaged)))])
    for read in READERS:
        read(cut)
    list_decoding.keyed(cut, kind)


@given(st.binary(max_size=30))
def test_random_bytes_are_a_column_or_none(data):
    for read in READERS:
        read(data)
        read(wire.delimited(2, data))


def test_special_floats_keep_their_bits():
    values = [math.inf, -math.inf, -0.0, 5e-324, math.nan]
    found = list_decoding.floats(list_encoding.floats(values))
    assert [wire.delimited(1, repr(v).encode()) for v in found] == [wire.delimited(1, repr(v).encode()) for v in values]
