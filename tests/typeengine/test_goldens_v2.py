"""Literals made by the Flyte 2 SDK 2.12.1: the same bytes in the dialect v2, an equal value back in either dialect."""

import math
import sys

import pytest

import peer_rows
from literals import DrawloomError, canonical_bytes, parse, pb
from typeengine import Engine, TypeTransformerFailedError, guess_python_type

ROWS = peer_rows.rows("literals_v2")
ERRORS = peer_rows.rows("errors_v2")
V1, V2 = Engine(), Engine().clone(dialect="v2")

_PICKLED = (
    "pickle.bytes", "pickle.set_int", "pickle.set_bare", "pickle.frozenset", "pickle.complex", "pickle.decimal", "pickle.uuid",
    "pickle.set_mixed", "pickle.time", "list.untyped", "tuple.variadic", "tuple.bare",
)  # fmt: skip
_WHY = "Flyte 2 pickles this type; drawloom has a form of its own for it, and reads no untagged pickle"
_ASKED = "Flyte 2 pickles this; drawloom does so only where it is asked to"
NOT_THE_SAME_TYPE = {
    **dict.fromkeys((*_PICKLED, "pickle.path"), _WHY),
    "pb.ident": "the row names the class of flyteidl2; the same message of flyteidl stands in for it here",
}
"""Row id -> why our literal type differs on purpose."""

NOT_THE_SAME_LITERAL = {
    **dict.fromkeys(_PICKLED, _WHY),
    "pb.listvalue": "a list of literals is not of the type struct; Flyte 2 cannot read its own",
    "datetime.offset": "the offset is kept in Literal.metadata; the instant is the same",
    "pyd2.inf": "infinity stays a number; Flyte 2 writes null, which does not decode",
}
"""Row id -> why our literal differs on purpose."""

REFUSED = {
    **dict.fromkeys(("pickle.any_list", "pickle.object", "list.anyelem", "dict.anyval"), _ASKED),
    "pickle.path": "pathlib.Path is declared, and on this system a PurePosixPath is none",
    **dict.fromkeys(
        ("dc.derived_as_base", "pyd2.subclass_field", "pyd2.dc_subclass_field"),
        "the fields that a subclass adds would be lost; declare the subclass",
    ),
    "pyd2.secret": "a secret's mask would be written and read back for the secret",
    "pyd2.excluded": "an excluded required field cannot be read back",
}
"""Row id -> why drawloom refuses the type or the value that Flyte 2 takes."""

NOT_THE_SAME_VALUE = {
    **dict.fromkeys(_PICKLED, _WHY),
    **dict.fromkeys(("enum.byname_str", "enum.intenum_byname"), "the value was a member's name; the member comes back"),
    "pyd.from_dict": "the value was a dict; the model comes back",
    "pyd2.inf": "Flyte 2 wrote null for infinity, and null is no float",
}
"""Row id -> why the value that comes back differs."""

ACCEPTED = {
    "bad.prim.20": "the whole range of timedelta has a Duration here",
    "bad.prim.31": "an OrderedDict is a dict",
    "bad.prim.45": "an empty list takes the first list variant",
    **dict.fromkeys(("bad.prim.55", "bad.type.16"), "a bare list holds plain values"),
    "bad.prim.56": "one of the Literal's values",
    **dict.fromkeys(("bad.enum.05", "bad.enum.06", "bad.type.enum.0"), "enums may have any values"),
    "bad.enum.09": "the text is a member's value",
    "bad.type.01": "a string annotation is evaluated",
    "bad.type.05": "the empty tuple is a type",
    "bad.type.12": "an iterator is a collection, as flytekit has it",
    "bad.type.08": "a generator is an iterator",
    "bad.type.15": "a defaultdict is a dict with str keys",
    "bad.lv.18": "keys of a map of literals are read as the declared keys",
    **dict.fromkeys(("bad.lv.36", "bad.lv.37"), "an integer literal is the int of the union"),
    **dict.fromkeys(("bad.lv.39", "bad.lv.41", "bad.lv.42"), "the type in the union literal says which variant"),
    **dict.fromkeys(("bad.guess.02", "bad.guess.04"), "flytekit's types have classes in drawloom"),
    "bad.guess.03": "a struct that says nothing of its fields is a dict",
    **dict.fromkeys(("from_row.float.from_int", "from_row.list.float"), "an int that a float holds exactly is a float"),
    "from_row.none.literal": "None is the type of None",
    **dict.fromkeys(("from_row.td.part_empty", "from_row.td.part"), "keys of total=False may be absent"),
    "from_row.io.file_generic": "File[str] is File",
    "from_row.pickle.ordered": "an OrderedDict is a struct in its own order",
}
"""Row id of what Flyte 2 refuses -> why drawloom takes it."""


@pytest.fixture
def named(request):
    row = request.param
    if "enum.StrEnum" in row["preamble"] and sys.version_info < (3, 11):
        pytest.skip("the row's preamble uses enum.StrEnum, which Python 3.10 does not have")
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


NOT_IN_V1 = {"pyd2.enum_mixed": "each text is the name of one member and the value of another; v1 means the value"}
"""Row id -> why an engine of the dialect v1 reads another value."""


@pytest.mark.parametrize("engine", [V1, V2], ids=["v1", "v2"])
@by_id(ROWS)
def test_flyte_2s_literal_decodes_to_an_equal_value(named, engine):
    row, names = named
    if row["id"] in REFUSED:
        return
    hint = peer_rows.evaluate(row["python_type"], names)
    value = peer_rows.evaluate(row["value"], names)
    literal = peer_rows.raw(row, "literal_b64")
    if row["id"] in NOT_THE_SAME_VALUE or (engine is V1 and row["id"] in NOT_IN_V1):
        try:
            assert not same(engine.codec(hint).decode(literal), value), "the exception is no longer needed"
        except TypeTransformerFailedError:
            pass
        return
    assert same(engine.codec(hint).decode(literal), value)


def attempt(row, names):
    """What the row does, with drawloom."""
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
    with pytest.raises(DrawloomError) as caught:
        attempt(row, names)
    assert len(str(caught.value).splitlines()) <= 15
