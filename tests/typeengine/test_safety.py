"""Decoding bytes of strangers: a value or our error, never another exception, never code run, never much memory."""

import dataclasses
import datetime as dt
import decimal
import enum
import pickle
import random
import subprocess
import sys
import tracemalloc
import typing
import uuid
from pathlib import Path
from typing import Annotated, Any, Dict, List, Literal, NamedTuple, Optional, Set, Tuple, TypedDict, Union

import msgpack
import numpy as np
import pydantic
import pytest
from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st

from drawloom.context import FileAccessProvider, using
from literals import DrawloomError, parse, pb
from typeengine import (
    Engine,
    FlyteDirectory,
    FlyteError,
    FlyteFile,
    Pickle,
    StructuredDataset,
    TypeTransformerFailedError,
    UntrustedLiteralError,
    bytes_to_json,
    guess_python_type,
)

ROOT = Path(__file__).resolve().parents[2]
ENGINE = Engine()


class Color(enum.Enum):
    RED = "red"
    BLUE = 2


@dataclasses.dataclass
class Node:
    v: int
    kids: List["Node"] = dataclasses.field(default_factory=list)
    color: Color = Color.RED
    when: Optional[dt.datetime] = None
    raw: bytes = b""


class Pair(NamedTuple):
    a: int
    b: str


class Movie(TypedDict, total=False):
    title: str
    year: int


class Model(pydantic.BaseModel):
    x: int
    by: Dict[str, List[int]] = {}


UTC = dt.timezone.utc
PAIRS: list[tuple[Any, Any]] = [
    (int, -5),
    (float, 1.5),
    (bool, True),
    (str, "hé"),
    (bytes, b"\x00\xff"),
    (type(None), None),
    (dt.datetime, dt.datetime(2020, 1, 2, 3, 4, 5, 6, tzinfo=UTC)),
    (dt.datetime, dt.datetime(2020, 1, 2)),
    (dt.date, dt.date(2020, 1, 2)),
    (dt.time, dt.time(1, 2)),
    (dt.timedelta, dt.timedelta(days=-1, microseconds=1)),
    (decimal.Decimal, decimal.Decimal("1.10")),
    (uuid.UUID, uuid.UUID(int=5)),
    (complex, 1 + 2j),
    (Color, Color.BLUE),
    (Literal["a", "b"], "a"),
    (List[int], [1, 2, 3]),
    (List[str], ["a", ""]),
    (List[float], [1.0, 2.5]),
    (List[Optional[int]], [1, None]),
    (Dict[str, int], {"a": 1, "b": 2}),
    (Dict[int, str], {1: "a"}),
    (Dict[str, List[Dict[str, int]]], {"k": [{"z": 1}]}),
    (dict, {"a": [1, {"b": None}]}),
    (list, [1, "a"]),
    (Tuple[int, str], (1, "a")),
    (Tuple[int, ...], (1, 2)),
    (Set[int], {1, 2}),
    (Pair, Pair(1, "b")),
    (Movie, {"title": "t"}),
    (Union[int, str, List[int]], [1]),
    (Node, Node(1, [Node(2, when=dt.datetime(2020, 1, 1, tzinfo=UTC))], raw=b"a")),
    (List[Node], [Node(1), Node(2)]),
    (Model, Model(x=1, by={"a": [1]})),
    (struct_pb2.Struct, struct_pb2.Struct(fields={"a": struct_pb2.Value(number_value=1)})),
    (FlyteFile, FlyteFile("s3://b/k")),
    (FlyteDirectory, FlyteDirectory("s3://b/d")),
    (StructuredDataset, StructuredDataset(uri="s3://b/d", file_format="parquet")),
    (FlyteError, FlyteError("m", "n0")),
    (np.int32, np.int32(7)),
    (typing.Iterator[int], [1, 2]),
]
CODECS = [ENGINE.codec(hint) for hint, _ in PAIRS]


@pytest.fixture(autouse=True)
def raw_data(tmp_path):
    with using(file_access=FileAccessProvider(tmp_path / "s", str(tmp_path / "raw"))):
        yield


def read(codec, data):
    """Decode wholly: an iterator is walked."""
    value = codec.decode(data)
    return list(value) if isinstance(value, typing.Iterator) else value


def mutated(data, rng):
    """`data` with one of the things that happen to bytes."""
    kind = rng.randrange(6)
    out = bytearray(data)
    at = rng.randrange(len(out)) if out else 0
    if kind == 0 and out:
        out[at] ^= 1 << rng.randrange(8)
    elif kind == 1 and out:
        del out[at:]
    elif kind == 2:
        out[at:at] = rng.randbytes(rng.randrange(1, 6))
    elif kind == 3 and out:
        del out[at : at + rng.randrange(1, 4)]
    elif kind == 4 and out:
        out[at] = rng.randrange(256)
    else:
        out += out[at:]
    return bytes(out)


def check(codec, data):
    try:
        read(codec, data)
    except DrawloomError as error:
        str(error)


@pytest.mark.parametrize("seed", range(10))
def test_mutated_literals_give_a_value_or_our_error(seed):
    rng = random.Random(seed)
    written = [codec.encode(value) for codec, (_, value) in zip(CODECS, PAIRS, strict=True)]
    for _ in range(1000):
        data = rng.choice(written)
        for _ in range(rng.randrange(1, 4)):
            data = mutated(data, rng)
        check(rng.choice(CODECS), data)


@given(st.binary(max_size=200), st.sampled_from(range(len(CODECS))))
def test_any_bytes_give_a_value_or_our_error(data, index):
    check(CODECS[index], data)


TREES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.text(max_size=5)
    | st.binary(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=3) | st.integers(0, 9) | st.none(), inner, max_size=4)
        | st.fixed_dictionaries(
            {}, optional={name: inner for name in ("v", "kids", "x", "by", "a", "b", "path", "title", "uri")}
        )
    ),
    max_leaves=12,
)


@given(TREES, st.sampled_from(range(len(CODECS))))
def test_any_msgpack_tree_gives_a_value_or_our_error(tree, index):
    literal = pb.Literal()
    literal.scalar.binary.tag = "msgpack"
    literal.scalar.binary.value = msgpack.packb(tree)
    check(CODECS[index], literal.SerializeToString())


def test_every_literal_read_as_every_type_gives_a_value_or_our_error():
    for (_, value), writer in zip(PAIRS, CODECS, strict=True):
        data = writer.encode(value)
        for reader in CODECS:
            check(reader, data)


@given(st.binary(max_size=200))
def test_any_bytes_show_as_json_or_give_our_error(data):
    try:
        bytes_to_json(data)
    except DrawloomError:
        pass


@given(st.binary(max_size=200))
def test_any_literal_type_is_guessed_or_refused(data):
    try:
        guess_python_type(parse(pb.LiteralType, data))
    except DrawloomError:
        pass


@given(TREES)
def test_any_schema_is_guessed_or_refused(tree):
    literal_type = pb.LiteralType(simple=pb.SimpleType.Value("STRUCT"))
    for schema in (
        tree,
        {"type": "object", "title": "T", "properties": tree},
        {"type": "array", "items": tree},
        {"anyOf": tree},
    ):
        literal_type.metadata.Clear()
        try:
            literal_type.metadata.update({"type": "object", **schema} if isinstance(schema, dict) else {"enum": schema})
        except (TypeError, ValueError):
            continue
        try:
            guess_python_type(literal_type)
        except DrawloomError:
            pass


class Bomb:
    """Unpickling this touches a file."""

    def __reduce__(self):
        import os

        return (os.system, ("touch " + str(self.target),))


@pytest.mark.parametrize("tag", ["", "pickle", "cloudpickle", "msgpack"])
def test_nothing_is_unpickled_unless_it_is_asked_for(tag, tmp_path):
    Bomb.target = tmp_path / "bomb"
    literal = pb.Literal()
    literal.scalar.binary.tag = tag
    literal.scalar.binary.value = pickle.dumps(Bomb())
    data = literal.SerializeToString()
    for codec in CODECS:
        check(codec, data)
    assert not Bomb.target.exists()


def test_an_untagged_binary_says_why_it_is_not_read():
    literal = pb.Literal(scalar=pb.Scalar(binary=pb.Binary(value=pickle.dumps({1, 2}), tag="")))
    with pytest.raises(UntrustedLiteralError, match="runs code"):
        ENGINE.codec(Set[int]).decode(literal.SerializeToString())


def test_a_pickle_blob_is_not_read_as_another_type(tmp_path):
    Bomb.target = tmp_path / "bomb"
    (tmp_path / "p").write_bytes(pickle.dumps(Bomb()))
    literal = pb.Literal()
    literal.scalar.blob.uri = str(tmp_path / "p")
    literal.scalar.blob.metadata.type.format = "PythonPickle"
    for codec in CODECS:
        check(codec, literal.SerializeToString())
    assert not Bomb.target.exists()


def test_a_parameter_that_opted_in_reads_its_pickle():
    codec = ENGINE.codec(Annotated[Any, Pickle])
    assert codec.decode(codec.encode({1, (2, 3)})) == {1, (2, 3)}


def test_a_value_nested_too_deeply_is_refused_when_written_and_when_read():
    hint: Any = int
    value: Any = 1
    for _ in range(120):
        hint, value = List[hint], [value]
    with pytest.raises(DrawloomError):
        ENGINE.codec(hint).encode(value)
    node = Node(1)
    for _ in range(2000):
        node = Node(1, [node])
    with pytest.raises(DrawloomError):
        ENGINE.codec(Node).encode(node)
    data = b"\x81\xa4kids\x91" * 5000 + b"\x80"
    literal = pb.Literal(scalar=pb.Scalar(binary=pb.Binary(value=data, tag="msgpack")))
    with pytest.raises(DrawloomError):
        ENGINE.codec(Node).decode(literal.SerializeToString())


@pytest.mark.parametrize(
    "bomb", [b"\xdd\xff\xff\xff\xff", b"\xdf\xff\xff\xff\xff", b"\xc6\xff\xff\xff\xff", b"\xdb\xff\xff\xff\xff"]
)
@pytest.mark.parametrize("hint", [dict, list, Node, Set[int], Model], ids=str)
def test_a_length_that_lies_takes_no_memory(bomb, hint):
    literal = pb.Literal(scalar=pb.Scalar(binary=pb.Binary(value=bomb, tag="msgpack")))
    codec, data = ENGINE.codec(hint), literal.SerializeToString()
    check(codec, data)
    tracemalloc.start()
    try:
        check(codec, data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1 << 20


def test_decoding_imports_nothing_that_the_literal_names(tmp_path):
    (tmp_path / "evil_module_x.py").write_text("raise SystemExit('imported')")
    program = f"""
import sys; sys.path[:0] = ["src", {str(tmp_path)!r}]
from literals import pb, DrawloomError
from typeengine import Engine, guess_python_type
lt = pb.LiteralType(simple=pb.SimpleType.Value("STRUCT"))
lt.metadata.update({{"pb_type": "evil_module_x.Evil"}})
try:
    guess_python_type(lt)
except DrawloomError:
    pass
assert "evil_module_x" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT)


def test_errors_of_decoding_are_of_one_family():
    assert issubclass(UntrustedLiteralError, TypeTransformerFailedError)
