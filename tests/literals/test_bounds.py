"""Where a size or a number ends: varints at each length, elements with more in them than a column can hold."""

from __future__ import annotations

import pytest

from literals import LimitError, assignable, conforms, limits, list_decoding, pb, wire, wire_tables

EDGES = sorted(
    {sign * (1 << bits) + more for bits in range(64) for more in (-1, 0, 1) for sign in (1, -1)}
    & set(range(-(1 << 20), 1 << 20))
    | {
        sign * (1 << bits) + more
        for bits in range(20, 64)
        for more in (-1, 0, 1)
        for sign in (1, -1)
        if -(1 << 63) <= sign * (1 << bits) + more < 1 << 63
    }
)


@pytest.mark.parametrize("write", [wire.varint, wire._slow_varint], ids=["tables", "by bytes"])
def test_a_varint_is_protobufs_at_each_length(write):
    wire.pieces()
    for value in EDGES:
        message = pb.Primitive(integer=value).SerializeToString()
        assert write(value) == message[1:], value
        found, end = wire.read_varint(message, 1)
        assert (found, end) == (value % (1 << 64), len(message)), value


def test_a_varint_has_ten_bytes_at_most():
    assert wire.read_varint(b"\xff" * 9 + b"\x01", 0) == ((1 << 64) - 1, 10)
    with pytest.raises(wire.WireError, match="more than ten bytes"):
        wire.read_varint(b"\xff" * 10 + b"\x01", 0)


INT, FLOAT, TEXT, FLAG = b"\x08\x07", b"\x11" + bytes(8), b"\x1a\x01x", b"\x20\x01"


def one_element(*values):
    """A list of one element, whose primitive has several values: the last one counts."""
    scalar = wire.delimited(1, wire.delimited(1, b"".join(values)))
    return wire.delimited(2, wire.delimited(1, scalar))


@pytest.mark.parametrize("other", [FLOAT, TEXT, FLAG], ids=["float", "text", "bool"])
def test_an_int_with_another_value_behind_it_is_not_read_as_that_int(other):
    data = one_element(INT, other)
    assert pb.Literal.FromString(data).collection.literals[0].scalar.primitive.WhichOneof("value") != "integer"
    assert list_decoding.ints(one_element(INT)) == [7]
    assert list_decoding.ints(data) is None


@pytest.mark.parametrize("other", [INT, FLOAT, FLAG], ids=["int", "float", "bool"])
def test_a_text_with_another_value_behind_it_is_not_read_as_that_text(other):
    data = one_element(TEXT, other)
    assert list_decoding.texts(one_element(TEXT)) == ["x"]
    assert list_decoding.texts(data) is None


@pytest.mark.parametrize(
    ("kind", "value", "other"),
    [("integer", INT, FLOAT), ("float_value", FLOAT, INT), ("string_value", TEXT, FLAG), ("boolean", FLAG, TEXT)],
)
def test_a_map_whose_value_has_two_values_is_not_read_as_one_of_them(kind, value, other):
    def entry(*values):
        literal = wire.delimited(1, wire.delimited(1, b"".join(values)))
        return wire.delimited(3, wire.delimited(1, wire.delimited(1, b"k") + wire.delimited(2, literal)))

    assert list(list_decoding.keyed(entry(value), kind)) == ["k"]
    assert list_decoding.keyed(entry(value, other), kind) is None


def field_within(outer):
    outer.simple = pb.SimpleType.STRUCT
    return outer.structure.dataclass_type["x"]


# Each gives the type inside a type, made in place: protobuf does not copy a message that is nested so deeply.
WITHIN = {
    "list": lambda outer: outer.collection_type,
    "dict": lambda outer: outer.map_value_type,
    "union": lambda outer: outer.union_type.variants.add(),
    "field": field_within,
    "column": lambda outer: outer.structured_dataset_type.columns.add(name="x").literal_type,
}


def nested(within, depth):
    outer = inner = pb.LiteralType()
    for _ in range(depth):
        inner = within(inner)
    inner.simple = pb.SimpleType.INTEGER
    return outer


@pytest.mark.parametrize("kind", WITHIN)
def test_types_flow_as_deeply_nested_as_messages_go(kind):
    within = WITHIN[kind]
    fitting = nested(within, limits.MAX_DEPTH // (2 if kind == "union" else 1))  # a union is taken apart on both sides
    assert assignable(fitting, fitting) is None
    deeper = nested(within, limits.MAX_DEPTH + 1)
    with pytest.raises(LimitError, match="nested too deeply"):
        assignable(deeper, deeper)


# Each gives the literal inside a literal of that type.
HELD = {
    "list": lambda literal: literal.collection.literals.add(),
    "dict": lambda literal: literal.map.literals["k"],
    "union": lambda literal: literal.scalar.union.value,
}


def holding(inside, depth):
    outer = inner = pb.Literal()
    for _ in range(depth):
        inner = inside(inner)
    inner.scalar.primitive.integer = 1
    return outer


@pytest.mark.parametrize("kind", HELD)
def test_literals_conform_as_deeply_nested_as_messages_go(kind):
    half, beyond = limits.MAX_DEPTH // 2, limits.MAX_DEPTH + 1
    assert conforms(holding(HELD[kind], half), nested(WITHIN[kind], half)) is None
    with pytest.raises(LimitError, match="nested too deeply"):
        conforms(holding(HELD[kind], beyond), nested(WITHIN[kind], beyond))


def test_frames_are_kept_for_short_entries_only():
    """There are as many pairs of lengths as a user has keys times values: what is kept has a bound."""
    headers = wire_tables.EntryHeaders()
    long = wire_tables._KEPT
    for key, cell in [(3, 4), (3, long), (long, 4), (long, long), (1 << 20, 1 << 20)]:
        key_frame = b"\x0a" + wire.varint(key)
        assert headers[key, cell] == b"\x0a" + wire.varint(len(key_frame) + key + cell) + key_frame
    assert set(headers) == {(3, 4)}
