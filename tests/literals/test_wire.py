"""Varints, fields and maps, against protobuf itself."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from literals import (
    DrawloomError,
    LimitError,
    MalformedError,
    WireError,
    canonical_bytes,
    limits,
    pack_map,
    parse,
    pb,
    unpack_map,
    wire,
)
from strategies.messages import messages


@given(st.integers(-(2**63), 2**64 - 1))
def test_a_varint_is_read_back_as_the_unsigned_number_of_64_bits(value):
    data = wire.varint(value)
    assert wire.read_varint(b"x" + data + b"y", 1) == (value % 2**64, 1 + len(data))
    assert data == pb.Primitive(integer=value if value < 2**63 else value - 2**64).SerializeToString()[1:]


@given(messages(pb.TaskTemplate))
def test_the_splitter_finds_every_field_of_a_message(message):
    data = canonical_bytes(message)
    rebuilt = b"".join(
        wire.delimited(number, data[start:end]) if kind == wire.LENGTH else wire.tag(number, kind) + data[start:end]
        for number, kind, start, end in wire.fields(data)
    )
    assert rebuilt == data


@given(st.binary(max_size=40))
def test_random_bytes_are_split_or_refused_by_our_error(data):
    with contextlib.suppress(WireError):
        list(wire.fields(data))


maps = st.dictionaries(st.text(max_size=4), messages(pb.Literal, 2), max_size=5)


@given(maps)
def test_packing_a_map_gives_the_bytes_of_deterministic_serialization(literals):
    expected = pb.LiteralMap()
    for name, literal in literals.items():
        expected.literals[name].CopyFrom(literal)
    packed = pack_map({name: canonical_bytes(literal) for name, literal in literals.items()})
    assert packed == canonical_bytes(expected)
    assert {name: pb.Literal.FromString(data) for name, data in unpack_map(packed).items()} == literals


def test_a_map_of_another_writer_is_read_with_unknown_fields_odd_order_and_split_values():
    value = wire.delimited(1, wire.delimited(1, b"\x08\x05"))
    odd = wire.delimited(2, value) + wire.delimited(9, b"later") + wire.delimited(1, b"k") + wire.tag(5, 0) + b"\x01"
    data = wire.delimited(7, b"unknown") + wire.delimited(1, odd) + wire.delimited(1, b"")
    found = unpack_map(data)
    assert pb.Literal.FromString(found["k"]).scalar.primitive.integer == 5
    assert found[""] == b""
    plain = wire.delimited(1, wire.delimited(2, value) + wire.delimited(1, b"k")) + wire.delimited(1, b"")
    assert pb.LiteralMap.FromString(plain).literals.keys() == unpack_map(plain).keys() == found.keys()


@given(st.binary(max_size=60))
def test_random_bytes_are_a_map_or_our_error(data):
    with contextlib.suppress(WireError):
        unpack_map(data)


@given(st.binary(max_size=60))
def test_parsing_random_bytes_gives_a_message_or_our_error(data):
    for kind in (pb.Literal, pb.WorkflowSpec, pb.Bundle, pb.LiteralType):
        with contextlib.suppress(MalformedError):
            parse(kind, data, where="inputs.pb")
    with pytest.raises(MalformedError, match=r"inputs\.pb: these bytes are not a Literal"):
        parse(pb.Literal, b"\xff", where="inputs.pb")


def test_nesting_beyond_what_readers_accept_is_refused_in_words():
    data = b""
    for _ in range(300):
        data = wire.delimited(2, wire.delimited(1, data))
    with pytest.raises(MalformedError, match="not a Literal"):
        parse(pb.Literal, data)


def test_a_message_of_two_gibibytes_is_refused():
    with pytest.raises(LimitError, match="too big"):
        limits.check_size(limits.MAX_BYTES + 1, "o0")
    assert issubclass(LimitError, DrawloomError)
