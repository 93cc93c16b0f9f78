"""Maps, and lists of lists, as a whole: what `literals.list_decoding` and `literals.literal_maps` make of them is what the walk makes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from literals import WireError, list_decoding, list_encoding, literal_maps, pack_map, pb, short_maps, unpack_map, wire

KINDS = {
    "integer": st.integers(-(2**63), 2**63 - 1) | st.integers(-300, 300),
    "float_value": st.floats(allow_nan=False),
    "string_value": st.text(max_size=5) | st.sampled_from(["a" * 200, "\0\x1e\0", "é" * 80]),
    "boolean": st.booleans(),
}
CLASSES = {"integer": int, "float_value": float, "string_value": str, "boolean": bool}
NAMES = st.text(max_size=4) | st.sampled_from(["n" * 130, "é" * 70])


MARKS = ("\0\x1e\0", -0x5EED_5EED_5EED_5EED)
"""Values that the reader itself puts between lists, and so leaves to the walk."""


def literal(kind, value):
    return pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(**{kind: value})))


def list_bytes(kind, values):
    return pb.Literal(collection=pb.LiteralCollection(literals=[literal(kind, v) for v in values])).SerializeToString()


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_lists_of_primitives_are_written_and_read_together_as_they_are_one_by_one(kind, data):
    values = data.draw(st.lists(st.lists(KINDS[kind], max_size=80), min_size=1, max_size=8))
    parts = [list_bytes(kind, v) for v in values]
    written = list_encoding.nested(values, kind)
    assert written == parts
    found = list_decoding.nested(parts, kind)
    assert found == values or (found is None and any(mark in v for v in values for mark in MARKS))


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_a_list_of_another_kind_or_form_among_lists_is_left_to_the_walk(kind, data):
    parts = [list_bytes(kind, data.draw(st.lists(KINDS[kind], min_size=1, max_size=5))) for _ in range(3)]
    other = next(k for k in KINDS if k != kind)
    stranger = data.draw(
        st.sampled_from(
            [
                list_bytes(other, [data.draw(KINDS[other])]),
                pb.Literal(hash="h", collection=pb.LiteralCollection(literals=[])).SerializeToString(),
                pb.Literal(collection=pb.LiteralCollection(literals=[pb.Literal()])).SerializeToString(),
                literal(kind, data.draw(KINDS[kind])).SerializeToString(),
                b"",
            ]
        )
    )
    assert list_decoding.nested([*parts, stranger], kind) is None


def test_values_that_are_no_lists_of_the_kind_are_not_written_together():
    assert list_encoding.nested([[1], (2,)], "integer") is None
    assert list_encoding.nested([[1], [True]], "integer") is None
    assert list_encoding.nested([["a"], ["\ud800"]], "string_value") is None
    assert list_encoding.nested([[1] * 100, [True] * 100], "integer") is None


@given(st.dictionaries(NAMES, st.sampled_from([b"", b"\x0a\x02\x2a\x00", b"x" * 150]), max_size=40))
def test_a_map_is_split_into_its_literals(values):
    data = pack_map(values)
    assert unpack_map(data) == values
    assert literal_maps._columns(data) == values, "in one go, also with keys of more bytes than characters"
    entries = b"".join(
        wire.delimited(1, wire.delimited(1, name.encode()) + wire.delimited(2, value)) for name, value in values.items()
    )
    found = list_decoding.entries(wire.delimited(3, entries))
    assert found is not None
    assert dict(zip(*found, strict=True)) == values


ODD = [
    wire.delimited(1, wire.delimited(2, b"\x0a\x02\x2a\x00")),  # no key
    wire.delimited(1, wire.delimited(1, b"k")),  # no value
    wire.delimited(1, wire.delimited(1, b"name0") + wire.delimited(2, b"second")),  # a key again
    wire.delimited(1, wire.delimited(2, b"v") + wire.delimited(1, b"turned")),
    wire.delimited(1, wire.delimited(1, b"k") + wire.delimited(2, b"v") + wire.delimited(2, b"w")),
    wire.delimited(1, wire.delimited(1, b"k") + wire.delimited(2, b"v") + wire.delimited(3, b"w")),
    wire.delimited(7, b"unknown"),
]


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_an_odd_entry_of_a_long_map_has_the_meaning_that_it_has_in_a_short_one(odd):
    usual = {f"name{i}": b"\x0a\x02\x2a\x00" for i in range(60)}
    assert unpack_map(pack_map(usual) + odd) == {**usual, **unpack_map(odd)}


def test_a_long_map_whose_bytes_are_cut_or_whose_key_is_no_text_is_our_error():
    data = pack_map({f"name{i}": b"\x0a\x02\x2a\x00" for i in range(60)})
    with pytest.raises(WireError):
        unpack_map(data[:-1])
    with pytest.raises(WireError):
        unpack_map(data + wire.delimited(1, wire.delimited(1, b"\xff\xfe") + wire.delimited(2, b"")))


@pytest.mark.parametrize("count", [0, 1, 5])
def test_a_list_of_none_is_counted_by_its_size(count):
    none = pb.Literal(scalar=pb.Scalar(none_type=pb.Void()))
    data = pb.Literal(collection=pb.LiteralCollection(literals=[none] * count)).SerializeToString()
    assert list_decoding.nones(data) == [None] * count
    assert list_decoding.nones(data + b"\x22\x01h") is None


@given(st.lists(st.binary(min_size=1, max_size=300), max_size=5))
def test_binaries_are_framed_as_protobuf_frames_them(bodies):
    made = [pb.Literal(scalar=pb.Scalar(binary=pb.Binary(value=body, tag="msgpack"))) for body in bodies]
    wanted = pb.Literal(collection=pb.LiteralCollection(literals=made)).SerializeToString()
    assert list_encoding.binaries(bodies) == wanted


SHORT = {f"{'k' * size}": pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(integer=size))) for size in range(3)}


def test_a_short_map_is_written_and_read_entry_by_entry_as_by_columns():
    parts = {name: literal.SerializeToString() for name, literal in SHORT.items()}
    for count in range(len(parts) + 1):
        some = dict(list(parts.items())[:count])
        data = list_encoding.mapping(some)
        assert short_maps.packed(some) == data
        assert list((short_maps.entries(data) or {}).items()) == list(some.items())


def test_a_map_that_is_not_of_the_short_form_is_left_to_the_others():
    entry = b"\x0a\x0d\x0a\x01a\x12\x08\x0a\x06\x0a\x04\x12\x02no"
    whole = b"\x1a" + bytes([len(entry)]) + entry
    assert short_maps.entries(whole) == {"a": b"\x0a\x06\x0a\x04\x12\x02no"}
    for place in range(len(whole)):
        for byte in {0, 0x7F, 0x80, 0xFF, whole[place] ^ 1}:
            changed = whole[:place] + bytes([byte]) + whole[place + 1 :]
            found = short_maps.entries(changed)
            assert found is None or found == unpack_map(changed[2:])
        assert short_maps.entries(whole[:place]) is None
    for other in (
        entry + entry,
        entry + b"\x0a\x00",
        b"\x0a\x03\x0a\x01a",
        b"\x0a\x02\x12\x00",
        b"\x12\x00",
        entry[:2] + b"\x12\x00" + entry[2:],
    ):
        assert short_maps.entries(b"\x1a" + bytes([len(other)]) + other) is None
    assert short_maps.packed({"a" * 60: b"b" * 64}) is None
    assert short_maps.packed({str(n): b"b" * 20 for n in range(8)}) is None
