"""conforms, assignable, digest and the text of literals and types: laws, and one example of each rule."""

import os
import pathlib
import subprocess
import sys

import msgpack
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from literals import assignable, canonical_bytes, conforms, digest, literal_text, pb, type_text
from strategies.messages import literals, messages, strict_types, typed, types

SRC = str(pathlib.Path(__file__).resolve().parents[2] / "src")


def integer(value):
    return pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(integer=value)))


def text(value):
    return pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(string_value=value)))


def listed(*items):
    return pb.Literal(collection=pb.LiteralCollection(literals=items))


def mapped(**items):
    return pb.Literal(map=pb.LiteralMap(literals=items))


def record(value):
    return pb.Literal(scalar=pb.Scalar(binary=pb.Binary(value=msgpack.packb(value), tag="msgpack")))


def simple(name):
    return pb.LiteralType(simple=pb.SimpleType.Value(name))


def list_of(kind):
    return pb.LiteralType(collection_type=kind)


def union(*kinds):
    return pb.LiteralType(union_type=pb.UnionType(variants=kinds))


def enum(*values):
    return pb.LiteralType(enum_type=pb.EnumType(values=values))


def blob(form="", dimensionality=0):
    return pb.LiteralType(blob=pb.BlobType(format=form, dimensionality=dimensionality))


def dataset(form="", **columns):
    made = [pb.StructuredDatasetType.DatasetColumn(name=n, literal_type=simple(k)) for n, k in columns.items()]
    return pb.LiteralType(structured_dataset_type=pb.StructuredDatasetType(format=form, columns=made))


INT, STR, NONE, STRUCT = simple("INTEGER"), simple("STRING"), simple("NONE"), simple("STRUCT")


@given(typed)
def test_what_is_made_for_a_type_conforms_to_it(pair):
    kind, literal = pair
    assert conforms(literal, kind) is None
    assert conforms(canonical_bytes(literal), kind) is None


@given(types)
def test_every_type_flows_into_itself(kind):
    assert assignable(kind, kind) is None


@given(strict_types, strict_types, strict_types)
def test_flowing_is_transitive_where_nothing_is_left_to_run_time(a, b, c):
    wide = pb.LiteralType(union_type=pb.UnionType(variants=[a, b]))
    wider = pb.LiteralType(union_type=pb.UnionType(variants=[c, wide]))
    for one, two, three in ((a, b, c), (a, wide, wider), (a, wide, c), (wide, wider, a)):
        if assignable(one, two) is None and assignable(two, three) is None:
            assert assignable(one, three) is None


@given(strict_types.flatmap(lambda kind: st.tuples(st.just(kind), literals(kind))), strict_types)
def test_what_flows_conforms(pair, other):
    kind, literal = pair
    for target in (other, pb.LiteralType(union_type=pb.UnionType(variants=[other, kind]))):
        if assignable(kind, target) is None:
            assert conforms(literal, target) is None


@pytest.mark.parametrize(
    ("up", "down"),
    [
        (enum("a"), STR), (STR, enum("a")), (enum("a"), enum("a", "b")), (list_of(NONE), list_of(INT)), (INT, union(STR, INT)),
        (union(INT), INT), (union(INT, NONE), union(NONE, STR, INT)), (NONE, dataset()), (blob("csv"), blob()), (blob(), blob("csv")),
        (dataset("parquet", a="INTEGER", b="STRING"), dataset("", a="INTEGER")), (dataset(), dataset("csv", a="INTEGER")),
        (pb.LiteralType(schema=pb.SchemaType()), dataset("parquet")), (dataset("Parquet"), pb.LiteralType(schema=pb.SchemaType())),
        (STRUCT, STRUCT),
    ],
    ids=lambda kind: type_text(kind),
)  # fmt: skip
def test_what_the_server_lets_flow_flows(up, down):
    assert assignable(up, down) is None


@pytest.mark.parametrize(
    ("up", "down", "reason"),
    [
        (INT, simple("FLOAT"), "int does not flow into float"),
        (simple("FLOAT"), INT, "float does not flow into int"),
        (simple("BOOLEAN"), INT, "bool does not flow into int"),
        (INT, STR, "int does not flow into str"),
        (list_of(INT), list_of(STR), "in the list, int does not flow into str"),
        (INT, list_of(INT), "int does not flow into list[int]"),
        (union(INT, NONE), INT, "the variant none of int | none does not flow into int"),
        (INT, union(STR, NONE), "int flows into no variant of str | none"),
        (enum("a", "c"), enum("a"), "enum{a, c} does not flow into enum{a}: it lacks c"),
        (blob("csv"), blob("png"), "blob<csv> does not flow into blob<png>"),
        (blob(), blob(dimensionality=1), "blob does not flow into multipart"),
        (dataset("csv"), dataset("parquet"), "dataset<csv> does not flow into dataset<parquet>: the formats differ"),
        (
            dataset("", a="INTEGER"),
            dataset("", b="INTEGER"),
            "column b of dataset{b: int} is missing in dataset{a: int}",
        ),
        (dataset("", a="INTEGER"), dataset("", a="STRING"), "column a: int does not flow into str"),
        (pb.LiteralType(), INT, "a type is missing"),
    ],
)
def test_what_may_not_flow_says_why(up, down, reason):
    assert assignable(up, down) == reason


def test_records_with_known_fields_are_compared_by_them():
    def struct(required=(), **fields):
        out = pb.LiteralType(simple=pb.SimpleType.STRUCT)
        for name, kind in fields.items():
            out.structure.dataclass_type[name].CopyFrom(kind)
        if required:
            out.metadata["required"] = list(required)
        return out

    assert assignable(struct(x=INT), struct(x=INT, y=INT)) is None
    assert assignable(struct(x=INT), struct(x=STR)) == "field x: int does not flow into str"
    needs = struct(("x", "y"), x=INT, y=INT)
    assert (
        assignable(struct(x=INT), needs)
        == "field y is required by struct{x: int, y: int} and missing in struct{x: int}"
    )


@pytest.mark.parametrize(
    ("given", "wanted", "fits"),
    [
        (blob(), blob(), True),
        (blob("csv"), blob(), True),
        (blob(), blob("csv"), True),
        (blob("csv"), blob("csv"), True),
        (blob("csv"), blob("png"), False),
        (blob("csv", 1), blob("csv"), False),
    ],
)
def test_a_file_conforms_unless_both_formats_are_said_and_differ(given, wanted, fits):
    literal = pb.Literal(scalar=pb.Scalar(blob=pb.Blob(metadata=pb.BlobMetadata(type=given.blob), uri="/x")))
    assert (conforms(literal, wanted) is None) == fits
    assert conforms(pb.Literal(), wanted) is not None


@pytest.mark.parametrize(
    ("literal", "kind", "message"),
    [
        (listed(integer(1), listed(integer(2))), list_of(INT), "[1]: expected int, got [2]"),
        (mapped(c=text("x")), pb.LiteralType(map_value_type=INT), '["c"]: expected int, got "x"'),
        (text("z"), enum("a", "b"), 'expected enum{a, b}, got "z"'),
        (integer(1), union(STR, NONE), "expected str | none, got 1"),
        (pb.Literal(), INT, "expected int, got unset"),
        (integer(1), pb.LiteralType(), "expected ?, got 1"),
        (listed(listed(integer(1)), listed(text("a"))), list_of(list_of(INT)), '[1][0]: expected int, got "a"'),
    ],
)
def test_a_mismatch_says_where_and_what(literal, kind, message):
    assert str(conforms(literal, kind)) == message


def test_a_union_value_that_fits_no_variant_is_explained_by_the_one_of_its_tag():
    a, b = pb.LiteralType(), pb.LiteralType()
    a.CopyFrom(list_of(INT))
    a.structure.tag = "ints"
    b.CopyFrom(list_of(STR))
    b.structure.tag = "words"
    value = pb.Literal(scalar=pb.Scalar(union=pb.Union(value=listed(pb.Literal(hash="h")), type=b)))
    assert str(conforms(value, union(a, b))) == "[0]: expected str, got unset #h"
    value.scalar.union.type.CopyFrom(a)
    assert str(conforms(value, union(a, b))) == "[0]: expected int, got unset #h"
    value.scalar.union.value.CopyFrom(listed(text("x")))
    assert conforms(value, union(a, b)) is None


@given(typed)
def test_equal_literals_have_equal_digests_whatever_the_order_of_their_maps(pair):
    _, literal = pair
    again = pb.Literal.FromString(literal.SerializeToString())
    assert digest(literal) == digest(again) == digest(canonical_bytes(literal)) == digest(shuffled(literal))


def shuffled(literal):
    if not literal.HasField("map"):
        return literal
    return mapped(**dict(reversed(list(literal.map.literals.items()))))


@given(st.integers(), st.integers())
def test_records_are_equal_whatever_the_order_and_width_of_their_parts(a, b):
    assume(-(2**63) <= a < 2**63 and -(2**63) <= b < 2**63)
    wide = b"\x82" + msgpack.packb("y") + msgpack.packb(b) + b"\xd9\x01x" + msgpack.packb(a)
    other = pb.Literal(scalar=pb.Scalar(binary=pb.Binary(value=wide, tag="msgpack")))
    assert digest(record({"x": a, "y": b})) == digest(other)
    assert (digest(record({"x": a, "y": b})) == digest(record({"x": b, "y": a}))) == (a == b)


def test_unequal_literals_never_collide_by_framing():
    values = [
        listed(listed(integer(1)), listed(integer(2))), listed(listed(integer(1), integer(2))), listed(integer(1), integer(2)),
        listed(), mapped(), pb.Literal(), text(""), text("ab"), listed(text("a"), text("b")), listed(text("ab"), text("")),
        mapped(a=text("b")), mapped(ab=text("")), integer(0), integer(1), record({}), record([]), record({"a": 1}), record({"a": 1.0}),
        pb.Literal(hash="a"), text("a"), record({"1": 1}), record({1: 1}), record("msgpack"),
    ]  # fmt: skip
    assert len({digest(value) for value in values}) == len(values)


def test_a_hash_stands_for_its_value_at_any_depth():
    one, two = integer(1), integer(2)
    one.hash = two.hash = "h"
    assert digest(one) == digest(two)
    assert digest(listed(one)) == digest(listed(two)) != digest(listed(integer(1)))
    inside = [pb.Literal(scalar=pb.Scalar(union=pb.Union(value=value, type=INT))) for value in (one, two)]
    assert digest(inside[0]) == digest(inside[1])


def test_metadata_is_no_part_of_the_value():
    plain, noted = integer(1), integer(1)
    noted.metadata["zone"] = "Europe/Berlin"
    assert digest(plain) == digest(noted)
    described = pb.LiteralType(simple=pb.SimpleType.STRUCT)
    described.metadata["title"] = "Point"
    described.structure.tag = "dataclass"
    bare = pb.LiteralType(simple=pb.SimpleType.STRUCT, structure=pb.TypeStructure(tag="dataclass"))
    values = [pb.Literal(scalar=pb.Scalar(union=pb.Union(value=record({}), type=kind))) for kind in (described, bare)]
    assert digest(values[0]) == digest(values[1])


def golden_values():
    offset = pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(datetime=pb.Timestamp(seconds=86400, nanos=5))))
    return {
        "int": integer(7),
        "negative int": integer(-1),
        "text": text("grüße"),
        "none": pb.Literal(scalar=pb.Scalar(none_type=pb.Void())),
        "datetime": offset,
        "list": listed(integer(1), listed(integer(2))),
        "map": mapped(b=integer(1), a=text("x"), ab=integer(3)),
        "record": record({"b": [1, 2.5, None], "a": {"z": True, "y": b"bytes"}}),
        "union": pb.Literal(scalar=pb.Scalar(union=pb.Union(value=integer(1), type=INT))),
        "hash": pb.Literal(hash="abc"),
        "blob": pb.Literal(
            scalar=pb.Scalar(blob=pb.Blob(uri="s3://b/k", metadata=pb.BlobMetadata(type=pb.BlobType(format="csv"))))
        ),
    }


def test_digests_are_those_of_the_repository():
    path = pathlib.Path(__file__).parent / "digests.txt"
    found = "".join(f"{digest(value).hex()}  {name}\n" for name, value in golden_values().items())
    assert found == path.read_text()


def test_digests_do_not_depend_on_the_process():
    code = (
        "from literals import *\nm=pb.LiteralMap()\n"
        "for k in {'b','a','zz','ab'}: m.literals[k].scalar.primitive.string_value=k\n"
        "print(digest(pb.Literal(map=m)).hex(), canonical_bytes(m).hex())"
    )
    seen = set()
    for seed in ("1", "2", "3"):
        env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": SRC}
        seen.add(
            subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True).stdout
        )
    assert len(seen) == 1


@given(messages(pb.Literal), messages(pb.LiteralType))
def test_text_conformance_and_digest_take_any_message(literal, kind):
    assert "\n" not in literal_text(literal) or "\n" in str(literal)
    assert isinstance(type_text(kind), str)
    assert len(digest(literal)) == 32
    conforms(literal, kind)
    assignable(kind, kind)


@pytest.mark.parametrize(
    ("literal", "shown"),
    [
        (integer(-3), "-3"),
        (text('a"b'), '"a\\"b"'),
        (pb.Literal(), "unset"),
        (pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(boolean=False))), "false"),
        (pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(float_value=float("inf")))), "inf"),
        (
            pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(datetime=pb.Timestamp(seconds=0)))),
            "1970-01-01T00:00:00Z",
        ),
        (pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(duration=pb.Duration(seconds=90)))), "90s"),
        (pb.Literal(scalar=pb.Scalar(none_type=pb.Void())), "none"),
        (listed(integer(1), mapped(k=text("v"))), '[1, {"k": "v"}]'),
        (pb.Literal(hash="h", scalar=integer(1).scalar), "1 #h"),
        (record({"x": 1}), "msgpack(4 bytes: 81a17801)"),
        (pb.Literal(scalar=pb.Scalar(union=pb.Union(value=integer(1), type=INT))), "1 as int"),
    ],
)
def test_literals_read_well(literal, shown):
    assert literal_text(literal) == shown == literal_text(canonical_bytes(literal))


def test_a_long_literal_is_cut_where_asked():
    assert len(literal_text(listed(*map(integer, range(5000))), limit=50)) == 50
    assert "5000 in all" in literal_text(listed(*map(integer, range(5000))))


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        (list_of(union(INT, NONE)), "list[int | none]"),
        (pb.LiteralType(map_value_type=blob("csv", 1)), "dict[str, multipart<csv>]"),
        (enum("a", "b"), "enum{a, b}"),
        (dataset("parquet", a="INTEGER"), "dataset<parquet>{a: int}"),
        (pb.LiteralType(), "?"),
    ],
)
def test_types_read_well(kind, shown):
    assert type_text(kind) == shown
