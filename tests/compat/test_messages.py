"""Messages under flytekit's model names: the same constructors, and what comes out is the message."""

from __future__ import annotations

import datetime as dt

import pytest

from drawloom.flytekit.models import literals, types
from drawloom.flytekit.models.core.types import BlobType
from literals import DrawloomError, pb


def test_positional_arguments_are_in_flytekits_order():
    made = literals.Literal(literals.Scalar(literals.Primitive(3)))
    assert made == pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(integer=3)))
    blob = literals.Blob(literals.BlobMetadata(BlobType("csv", BlobType.BlobDimensionality.MULTIPART)), "s3://b/x")
    assert (blob.metadata.type.format, blob.metadata.type.dimensionality, blob.uri) == ("csv", 1, "s3://b/x")
    assert literals.LiteralMap({"a": made}).literals["a"] == made
    assert list(literals.LiteralCollection([made, made]).literals) == [made, made]
    assert types.LiteralType(types.SimpleType.INTEGER) == pb.LiteralType(simple=pb.SimpleType.INTEGER)


def test_none_is_what_is_not_set_and_flytekits_field_names_are_known():
    stored = types.LiteralType(simple=types.SimpleType.STRING, metadata=None)
    made = literals.Union(value=literals.Literal(scalar=literals.Scalar(none_type=literals.Void())), stored_type=stored)
    assert made.type == stored
    assert not stored.HasField("metadata")


def test_times_and_dicts_become_the_messages_that_they_stand_for():
    moment = dt.datetime(2024, 1, 2, 3, tzinfo=dt.timezone.utc)
    assert literals.Primitive(datetime=moment).value == moment
    assert literals.Primitive(duration=dt.timedelta(seconds=5)).value == dt.timedelta(seconds=5)
    assert types.LiteralType(simple=types.SimpleType.STRUCT, metadata={"a": 1}).metadata["a"] == 1


def test_value_is_what_is_set():
    literal = literals.Literal(scalar=literals.Scalar(primitive=literals.Primitive(string_value="x")))
    assert literal.value.value.value == "x"
    assert literals.Literal().value is None


def test_conversions_to_and_from_the_idl_are_the_message_itself():
    literal = literals.Literal(scalar=literals.Scalar(primitive=literals.Primitive(integer=1)))
    assert literal.to_flyte_idl() is literal
    assert literals.Literal.from_flyte_idl(literal) == literal
    assert isinstance(literal, literals.Literal)
    assert not isinstance(literal, literals.Scalar)


def test_a_message_of_another_family_is_read_over():
    other = pytest.importorskip("flyteidl.core.literals_pb2")
    made = literals.Literal(scalar=other.Scalar(primitive=other.Primitive(integer=7)))
    assert made.scalar.primitive.integer == 7
    assert literals.Literal.from_flyte_idl(other.Literal(hash="h")).hash == "h"


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: literals.LiteralMap({}, {}), "at most 1 positional"),
        (lambda: literals.Literal(colour=1), "no field 'colour'"),
    ],
)
def test_an_impossible_message_is_refused(make, said):
    with pytest.raises(DrawloomError, match=said):
        make()
