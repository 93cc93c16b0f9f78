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
