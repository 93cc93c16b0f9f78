"""Literals made by flytekit 1.16.31: the same type, the same bytes, and an equal value back; its defects put right."""

import collections.abc
import math

import pytest

import peer_rows
from literals import WeftError, canonical_bytes, parse, pb
from typeengine import Engine, TypeTransformerFailedError

ROWS = peer_rows.rows("literals_v1")
ERRORS = peer_rows.rows("errors_v1")

NOT_THE_SAME_TYPE = {}
"""Row id -> why our literal type differs on purpose."""

NOT_THE_SAME_LITERAL = {}
"""Row id -> why our literal differs on purpose."""

REFUSED = {}
"""Row id -> why weft refuses the type or the value that flytekit takes."""

NOT_THE_SAME_VALUE = {}
"""Row id -> why the value that comes back differs from what flytekit gives back."""

NEEDS = {"mashumaro": "mashumaro", "dataclasses_json": "dataclasses_json"}


def engine_for(row):
    legacy = (row.get("env") or {}).get("FLYTE_USE_OLD_DC_FORMAT") == "true"
    return Engine().clone(legacy_structs=True) if legacy else Engine()


@pytest.fixture
def named(request):
    row = request.param
    for text, library in NEEDS.items():
        if text in row["preamble"]:
            pytest.importorskip(library)
    with peer_rows.namespace(row, "golden_preamble") as names:
        yield row, names


def by_id(rows):
    return pytest.mark.parametrize("named", rows, indirect=True, ids=[row["id"] for row in rows])


def same(left, right):
    """Equality that knows NaN, and iterators by their elements."""
    if isinstance(left, float) and isinstance(right, float) and math.isnan(left):
        return math.isnan(right)
    if isinstance(left, collections.abc.Iterator) or isinstance(right, collections.abc.Iterator):
        return len(list(left)) == len(list(right)) if not isinstance(left, list) else list(right) == left
    return left == right


@by_id(ROWS)
def test_the_literal_type_is_flytekits(named):
    row, names = named
    hint = peer_rows.evaluate(row["python_type"], names)
    expected = peer_rows.raw(row, "literal_type_b64")
    if row["id"] in REFUSED:
        return
    found = canonical_bytes(engine_for(row).codec(hint).literal_type)
    if row["id"] in NOT_THE_SAME_TYPE:
        assert found != expected, "the exception is no longer needed"
        return
    assert parse(pb.LiteralType, found) == parse(pb.LiteralType, expected)
    assert found == expected


@by_id(ROWS)
def test_the_literal_is_flytekits(named):
    row, names = named
    hint = peer_rows.evaluate(row["python_type"], names)
    value = peer_rows.evaluate(row["value"], names)
    if row["id"] in REFUSED:
        with pytest.raises(TypeTransformerFailedError):
            engine_for(row).codec(hint).encode(value)
        return
    found = canonical_bytes(parse(pb.Literal, engine_for(row).codec(hint).encode(value)))
    expected = peer_rows.raw(row, "literal_b64")
    if row["id"] in NOT_THE_SAME_LITERAL:
        assert found != expected, "the exception is no longer needed"
        return
    assert parse(pb.Literal, found) == parse(pb.Literal, expected)
    assert found == expected


@by_id(ROWS)
def test_flytekits_literal_decodes_to_an_equal_value(named):
    row, names = named
    hint = peer_rows.evaluate(row["python_type"], names)
    value = peer_rows.evaluate(row["value"], names)
    if row["id"] in REFUSED:
        return
    literal = peer_rows.raw(row, "literal_b64")
    if row["id"] in NOT_THE_SAME_VALUE:
        try:
            assert not same(engine_for(row).codec(hint).decode(literal), value), "the exception is no longer needed"
        except TypeTransformerFailedError:
            pass
        return
    back = engine_for(row).codec(hint).decode(literal)
    assert same(back, value) or repr(back) == row["back_repr"]


ACCEPTED = {}
"""Row id of what flytekit refuses -> why weft takes it."""


def attempt(row, names):
    """What the row does, with weft."""
    hint = peer_rows.evaluate(row["python_type"], names)
    engine = Engine()
    if row["direction"] == "type":
        return engine.codec(hint).literal_type
    if row["direction"] == "to_literal":
        return engine.codec(hint).encode(peer_rows.evaluate(row["value"], names))
    if row["direction"] == "to_python":
        value = engine.codec(hint).decode(peer_rows.raw(row, "literal_b64"))
        return list(value) if isinstance(value, collections.abc.Iterator) else value
    from typeengine import guess_python_type

    return guess_python_type(parse(pb.LiteralType, peer_rows.raw(row, "literal_type_b64")))


@by_id(ERRORS)
def test_what_flytekit_refuses_is_refused_with_our_error_or_works(named):
    row, names = named
    if row["id"] in ACCEPTED:
        attempt(row, names)
        return
    with pytest.raises(WeftError) as caught:
        attempt(row, names)
    assert len(str(caught.value).splitlines()) <= 15
    assert len(caught.value.got) <= 200
