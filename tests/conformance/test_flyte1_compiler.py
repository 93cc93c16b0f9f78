"""What may flow on Flyte 1, as its own compiler answered: types into types, and constants into types.

`flyte1_castable.tsv` has what the Go functions `validators.AreTypesCastable` and `validators.LiteralTypeForLiteral` said of pairs drawn
at random (see the README beside it).
"""

import pathlib

import pytest

from drawloom.ir.flyte1_types import castable, type_of_literal
from literals import pb

ROWS = [
    line.split("\t")
    for line in (pathlib.Path(__file__).parents[1] / "goldens" / "peers" / "flyte1_castable.tsv")
    .read_text()
    .splitlines()
]


@pytest.mark.parametrize("what", ["literal", "type"])
def test_what_may_flow_is_what_the_compiler_of_flyte_1_said(what):
    differs = []
    for kind, up, down, verdict in ROWS:
        if kind != what:
            continue
        given = bytes.fromhex(up)
        found = pb.LiteralType.FromString(given) if what == "type" else type_of_literal(pb.Literal.FromString(given))
        target = pb.LiteralType.FromString(bytes.fromhex(down))
        if castable(found, target) != (verdict == "casts"):
            differs.append((found, target, verdict))
    assert differs == []


def test_the_rows_have_both_answers_of_both_kinds():
    assert len(ROWS) == 580
    assert {(kind, verdict) for kind, _, _, verdict in ROWS} == {
        (kind, verdict) for kind in ("literal", "type") for verdict in ("casts", "refused")
    }


@pytest.mark.parametrize(
    "value",
    [pb.Literal(), pb.Literal(scalar=pb.Scalar()), pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive()))],
    ids=["literal", "scalar", "primitive"],
)
def test_what_has_no_value_has_no_type(value):
    assert type_of_literal(value) is None


def record(**fields):
    made = pb.LiteralType(simple=pb.SimpleType.STRUCT)
    for name, kind in fields.items():
        made.structure.dataclass_type[name].simple = kind
    made.metadata["required"] = list(fields)
    return made


INT, TEXT = pb.SimpleType.INTEGER, pb.SimpleType.STRING


@pytest.mark.parametrize(
    ("up", "down", "flows"),
    [
        (record(x=INT), record(x=INT), True),
        (record(x=INT), record(x=TEXT), False),
        (record(x=INT), record(x=INT, y=INT), False),
        (record(x=INT), pb.LiteralType(simple=pb.SimpleType.STRUCT), True),
        (pb.LiteralType(simple=pb.SimpleType.STRUCT), record(x=INT), True),
        (record(x=INT), pb.LiteralType(simple=INT), False),
    ],
)
def test_records_flow_by_their_fields(up, down, flows):
    assert castable(up, down) == flows
    wrapped = [pb.LiteralType(collection_type=each) for each in (up, down)]
    assert castable(*wrapped) == flows
