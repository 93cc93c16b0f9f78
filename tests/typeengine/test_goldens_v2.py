"""Literals made by the Flyte 2 SDK 2.12.1: the same bytes in the dialect v2, an equal value back in either dialect."""

import math

import pytest

import peer_rows
from literals import WeftError, canonical_bytes, parse, pb
from typeengine import Engine, TypeTransformerFailedError, guess_python_type

ROWS = peer_rows.rows("literals_v2")
ERRORS = peer_rows.rows("errors_v2")
V1, V2 = Engine(), Engine().clone(dialect="v2")

NOT_THE_SAME_TYPE = {}
"""Row id -> why our literal type differs on purpose."""

NOT_THE_SAME_LITERAL = {}
"""Row id -> why our literal differs on purpose."""

REFUSED = {}
"""Row id -> why weft refuses the type or the value that Flyte 2 takes."""

NOT_THE_SAME_VALUE = {}
"""Row id -> why the value that comes back differs."""

ACCEPTED = {}
"""Row id of what Flyte 2 refuses -> why weft takes it."""


@pytest.fixture
def named(request):
    row = request.param
    with peer_rows.namespace(row, "golden") as names:
        yield row, names


def by_id(rows):
    return pytest.mark.parametrize("named", rows, indirect=True, ids=[row["id"] for row in rows])


def same(left, right):
    if isinstance(left, float) and isinstance(right, float) and math.isnan(left):
        return math.isnan(right)
    return left == right or ("nan" in repr(left) and repr(left) == repr(right))


@by_id(ROWS)
def test_the_literal_type_is_flyte_2s(named):
    row, names = named
    if row["id"] in REFUSED:
        return
    found = canonical_bytes(V2.codec(peer_rows.evaluate(row["python_type"], names)).literal_type)
    expected = peer_rows.raw(row, "literal_type_b64")
    if row["id"] in NOT_THE_SAME_TYPE:
        assert found != expected, "the exception is no longer needed"
        return
    assert parse(pb.LiteralType, found) == parse(pb.LiteralType, expected)
    assert found == expected


@by_id(ROWS)
def test_the_literal_is_flyte_2s(named):
    row, names = named
    hint = peer_rows.evaluate(row["python_type"], names)
    value = peer_rows.evaluate(row["value"], names)
    if row["id"] in REFUSED:
        with pytest.raises(TypeTransformerFailedError):
            V2.codec(hint).encode(value)
        return
    found = canonical_bytes(parse(pb.Literal, V2.codec(hint).encode(value)))
    expected = peer_rows.raw(row, "literal_b64")
    if row["id"] in NOT_THE_SAME_LITERAL:
        assert found != expected, "the exception is no longer needed"
        return
    assert parse(pb.Literal, found) == parse(pb.Literal, expected)
    assert found == expected


@pytest.mark.parametrize("engine", [V1, V2], ids=["v1", "v2"])
@by_id(ROWS)
def test_flyte_2s_literal_decodes_to_an_equal_value(named, engine):
    row, names = named
    if row["id"] in REFUSED:
        return
    hint = peer_rows.evaluate(row["python_type"], names)
    value = peer_rows.evaluate(row["value"], names)
    literal = peer_rows.raw(row, "literal_b64")
    if row["id"] in NOT_THE_SAME_VALUE:
        try:
            assert not same(engine.codec(hint).decode(literal), value), "the exception is no longer needed"
        except TypeTransformerFailedError:
            pass
        return
    assert same(engine.codec(hint).decode(literal), value)


def attempt(row, names):
    """What the row does, with weft."""
    if row["op"] == "guess_python_type":
        return guess_python_type(peer_rows.evaluate(row["value"] or row["python_type"], names))
    hint = peer_rows.evaluate(row["python_type"], names)
    if row["op"] == "to_literal_type":
        return V2.codec(hint).literal_type
    value = peer_rows.evaluate(row["value"], names)
    if row["op"] == "to_literal":
        return V2.codec(hint).encode(value)
    return V2.codec(hint).decode(value.SerializeToString())


@by_id(ERRORS)
def test_bad_input_of_flyte_2_is_refused_with_our_error_or_works(named):
    row, names = named
    if row["id"] in ACCEPTED:
        attempt(row, names)
        return
    with pytest.raises(WeftError) as caught:
        attempt(row, names)
    assert len(str(caught.value).splitlines()) <= 15
