"""LiteralType to Python type: plain types or faithful classes, the unknown refused by name, the same in every process."""

import dataclasses
import datetime as dt
import enum
import re
import subprocess
import sys
import typing
from pathlib import Path

import pytest
from google.protobuf.json_format import ParseDict

import peer_rows
from literals import canonical_bytes, parse, pb
from typeengine import Engine, FlyteFile, StructuredDataset, TypeTransformerFailedError, guess_python_type

ROWS = peer_rows.rows("literals_v1")
ROOT = Path(__file__).resolve().parents[2]

BETTER = {
    "Literal": (
        "list-031",
        "union-049",
        "union-050",
        "literal-003",
        "literal-004",
        "literal-005",
        "literal-006",
        "literal-007",
        "literal-008",
        "literal-009",
    ),
}
UNFITTING = {
    "literal-006": "the value is none of the Literal's",
    "literal-008": "the value is none of the Literal's",
    "dataclass-004": "the field has another type",
    "pydantic-005": "the field has another type",
    "pydantic-021": "null for infinity",
}
PICKLED = ("pickle-008", "pickle-009", "pickle-010")
UNLOADED = ("protobuf-006", "protobuf-008", "protobuf-009", "protobuf-010")


def plain(text):
    """A type's repr without the module that it is in, and without the class that flytekit makes for a format."""
    text = re.sub(
        r"(typeengine|flytekit|types)\.[\w.]*?(?=\b(Flyte\w+|DynamicEnum|StructuredDataset|[A-Z]\w*)\b)", "", text
    )
    return re.sub(r"\.__class_getitem__\.<locals>\._\w+|\['[\w.]+'\]|types\.", "", text)


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_the_guess_is_flytekits_or_better(row):
    literal_type = parse(pb.LiteralType, peer_rows.raw(row, "literal_type_b64"))
    if row["id"] in PICKLED:
        with pytest.raises(TypeTransformerFailedError, match="a pickle of"):
            guess_python_type(literal_type)
        return
    if row["id"] in UNLOADED:
        for module in ("literals_pb2", "errors_pb2", "tasks_pb2"):
            pytest.importorskip(f"flyteidl.core.{module}")
    hint = guess_python_type(literal_type)
    if row["id"] in BETTER["Literal"]:
        assert "Literal" in repr(hint)
    elif row.get("guess_repr"):
        assert plain(repr(hint)) == plain(row["guess_repr"])
    if row["id"] not in UNFITTING:
        Engine().codec(hint).decode(peer_rows.raw(row, "literal_b64"))


@pytest.mark.parametrize(
    "name", ["SimpleType.BINARY", "empty", "pickle", "no variants", "unknown property", "unknown message"]
)
def test_what_has_no_python_type_is_refused_by_name(name):
    literal_type = {
        "SimpleType.BINARY": pb.LiteralType(simple=99),
        "empty": pb.LiteralType(),
        "pickle": ParseDict(
            {"blob": {"format": "PythonPickle"}, "metadata": {"python_class_name": "m.C"}}, pb.LiteralType()
        ),
        "no variants": pb.LiteralType(union_type=pb.UnionType()),
        "unknown property": ParseDict(
            {
                "simple": "STRUCT",
                "metadata": {"type": "object", "title": "T", "properties": {"not a name": {"type": "integer"}}},
            },
            pb.LiteralType(),
        ),
        "unknown message": ParseDict({"simple": "STRUCT", "metadata": {"pb_type": "os.path.Nope"}}, pb.LiteralType()),
    }[name]
    words = {
        "SimpleType.BINARY": "the simple type 99",
        "empty": "an empty literal type",
        "pickle": "a pickle of m.C",
        "no variants": "a union without variants",
        "unknown property": "the JSON schema property 'not a name'",
        "unknown message": "the protobuf message os.path.Nope",
    }[name]
    with pytest.raises(TypeTransformerFailedError) as caught:
        guess_python_type(literal_type)
    assert words in str(caught.value)


def test_a_literal_type_makes_nothing_be_imported():
    literal_type = ParseDict({"simple": "STRUCT", "metadata": {"pb_type": "antigravity.Fly"}}, pb.LiteralType())
    with pytest.raises(TypeTransformerFailedError, match="is not loaded"):
        guess_python_type(literal_type)
    assert "antigravity" not in sys.modules


class Color(enum.Enum):
    RED = "red"
    ODD = "we ird"


@dataclasses.dataclass
class Inner:
    c: Color
    f: FlyteFile
    when: dt.datetime
    day: dt.date
    kids: typing.List["Inner"] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Outer:
    inner: Inner
    by: typing.Dict[str, Inner]
    n: int = 3
    s: typing.Optional[str] = None


def test_a_guessed_class_reads_and_writes_what_the_real_one_does():
    engine = Engine()
    real = engine.codec(Outer)
    inner = Inner(
        Color.ODD, FlyteFile("s3://b/k"), dt.datetime(2020, 1, 2, tzinfo=dt.timezone.utc), dt.date(2020, 1, 2)
    )
    value = Outer(dataclasses.replace(inner, kids=[inner]), {"k": inner})
    guessed = engine.codec(guess_python_type(real.literal_type))
    data = real.encode(value)
    again = guessed.encode(guessed.decode(data))
    assert real.decode(again) == value


def test_one_literal_type_is_one_class():
    literal_type = Engine().codec(Outer).literal_type
    assert guess_python_type(literal_type) is guess_python_type(parse(pb.LiteralType, literal_type.SerializeToString()))


def test_columns_and_format_of_a_dataset_are_kept():
    hint = typing.Annotated[StructuredDataset, {"a": int, "b": str}, "csv"]
    literal_type = Engine().codec(hint).literal_type
    guessed = guess_python_type(literal_type)
    assert canonical_bytes(Engine().codec(guessed).literal_type) == canonical_bytes(literal_type)


_PROGRAM = """
import base64, dataclasses, enum, sys, typing
sys.path[:0] = ["src", "tests"]
import peer_rows
from literals import parse, pb
from typeengine import guess_python_type

def shown(hint):
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return [hint.__name__, [(f.name, "none" if f.default is dataclasses.MISSING else f.default) for f in dataclasses.fields(hint)]]
    return repr(hint)

for row in peer_rows.rows("literals_v1"):
    if row["id"].startswith(("dataclass", "enum", "pydantic")):
        print(row["id"], shown(guess_python_type(parse(pb.LiteralType, peer_rows.raw(row, "literal_type_b64")))))
"""


def test_guesses_are_the_same_in_every_process():
    outputs = {
        subprocess.run(
            [sys.executable, "-c", _PROGRAM],
            check=True,
            capture_output=True,
            text=True,
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("0", "1", "77")
    }
    assert len(outputs) == 1
    assert "Line" in outputs.pop()
