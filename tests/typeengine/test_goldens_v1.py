"""Literals made by flytekit 1.16.31: the same type, the same bytes, and an equal value back; its defects put right."""

import collections.abc
import math

import pytest

import peer_rows
from literals import DrawloomError, canonical_bytes, parse, pb
from typeengine import Engine, TypeTransformerFailedError

ROWS = peer_rows.rows("literals_v1")
ERRORS = peer_rows.rows("errors_v1")

_FIELD = (
    "flytekit lists a pickle for a field that is none inside the struct; drawloom lists the field's own literal type"
)
NOT_THE_SAME_TYPE = dict.fromkeys(
    (
        "dataclass-023", "dataclass-024", "dataclass-026", "dataclass-030", "dataclass-031", "pydantic-015", "pydantic-016",
        "pydantic-017", "struct-012", "struct-014", "struct-018",
    ),
    _FIELD,
)  # fmt: skip
"""Row id -> why our literal type differs on purpose."""

_ZONE = "a naive datetime, or one with an offset, keeps that in Literal.metadata; the instant is the same"
NOT_THE_SAME_LITERAL = {
    **dict.fromkeys(
        ("datetime-001", "datetime-005", "datetime-006", "datetime-010", "datetime-012", "datetime-013", "union-026"),
        _ZONE,
    ),
    "annotated-008": "the variant's type in the union literal keeps its annotation, as in the declared type",
    "protobuf-003": "a list of literals is not of the type struct; flytekit cannot read its own",
    "hash-010": "the hash of a variant is kept; flytekit loses it",
    "pydantic-021": "infinity stays a number; flytekit writes null, which does not decode",
}
"""Row id -> why our literal differs on purpose."""

_TUPLE = "a tuple would come back as a list"
_PICKLE = "flytekit would pickle; drawloom does so only where it is asked to"
REFUSED = {
    "kdict-005": "the key is not of the declared type; flytekit writes it and cannot read it",
    "literal-006": "not one of the Literal's values; flytekit does not look",
    "literal-008": "not one of the Literal's values; flytekit does not look",
    "dataclass-004": "the field is not of the declared type; flytekit writes it and cannot read it",
    "pydantic-005": "the field is not of the declared type; flytekit writes it and cannot read it",
    "udict-019": _TUPLE,
    "pickle-008": _PICKLE,
    "pickle-009": _PICKLE,
    "pickle-010": _PICKLE,
    "struct-008": "the old Struct form would round the int; flytekit loses the last digit",
}
"""Row id -> why drawloom refuses the type or the value that flytekit takes."""

NOT_THE_SAME_VALUE = {
    "file-009": "a file of a declared format is not one without, as in flytekit",
    "directory-005": "a folder of a declared format is not one without, as in flytekit",
    "pydantic-021": "flytekit wrote null for infinity, and null is no float",
}
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
        return list(left) == list(right)
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


ACCEPTED = {
    **dict.fromkeys(("type-005", "type-006", "type-009", "type-011"), "a bare list holds plain values"),
    **dict.fromkeys(("type-008", "type-010", "to_literal-063", "to_literal-137"), "tuples are values"),
    **dict.fromkeys(("type-013", "type-015"), "Literal of None, and Literal inside Annotated, are types"),
    **dict.fromkeys(("type-016", "type-020", "to_literal-086"), "enums may have any values"),
    "type-003": "a bare tuple holds plain values",
    **dict.fromkeys(("type-025", "type-026"), "a dict may be annotated"),
    "to_literal-143": "no lines are an empty file",
    "type-017": "an enum may be annotated",
    "type-029": "a recursive class has a finite literal type",
    "to_literal-009": "anything with __index__ is an int",
    "to_literal-010": "an int that a float holds exactly is a float",
    **dict.fromkeys(("to_literal-074", "to_literal-075", "to_literal-078"), "a union is chosen by rule, not by trial"),
    "to_literal-104": "bytes that are not UTF-8 are carried by the model's fields",
    **dict.fromkeys(
        ("to_literal-108", "to_literal-109", "to_literal-110", "to_literal-111"), "well-known messages travel"
    ),
    **dict.fromkeys(
        ("to_literal-151", "to_literal-152", "to_literal-154"), "subclasses of int and str are ints and strs"
    ),
    **dict.fromkeys(("to_python-009", "to_python-019"), "a number of the other kind is read where nothing is lost"),
    "to_python-015": "an int inside a union literal is an int",
    **dict.fromkeys(
        ("to_python-058", "to_python-064"), "the type in the union literal says which variant, without its tag"
    ),
    "to_python-082": "Annotated[dataclass, ...] is read as it is written",
    "to_python-091": "an attribute of a struct arrives as msgpack",
}
"""Row id of what flytekit refuses -> why drawloom takes it."""


def attempt(row, names):
    """What the row does, with drawloom."""
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
    with pytest.raises(DrawloomError) as caught:
        attempt(row, names)
    assert len(str(caught.value).splitlines()) <= 15
    assert len(caught.value.got) <= 200
