"""The rows of docs/types.md: a hint, a value of it, and a word where there is something to say."""

# ruff: noqa: F401 - the rows are text that is evaluated with these names

import collections
import collections.abc
import dataclasses
import datetime as dt
import decimal
import enum
import fractions
import pathlib
import uuid
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Generic, Literal, NamedTuple, NewType, Optional, TypedDict, TypeVar, Union

import attrs
import msgspec
import numpy as np
import pandas as pd
import pydantic
from google.protobuf import struct_pb2, timestamp_pb2

from typeengine import FlyteDirectory, FlyteError, FlyteFile, HashMethod, Pickle, StructuredDataset, kwtypes
from typeengine.builtin.flyte2_files import Dir, File

T = TypeVar("T")
UTC = dt.timezone.utc
UserId = NewType("UserId", int)


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Rights(enum.Flag):
    READ = 1
    WRITE = 2


@dataclasses.dataclass
class Point:
    x: int
    y: float = 1.5


@dataclasses.dataclass
class Tree:
    v: int
    kids: list["Tree"] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Box(Generic[T]):
    item: T


class Pair(NamedTuple):
    a: int
    b: str


class Movie(TypedDict, total=False):
    title: str
    year: int


class Model(pydantic.BaseModel):
    x: int
    tags: list[str] = []


class Login(pydantic.BaseModel):
    password: pydantic.SecretStr


@attrs.define
class Shape:
    sides: int


class Spec(msgspec.Struct):
    n: int


class Thing:
    pass


SECTIONS = [
    (
        "Simple types",
        [
            ("int", "5", "64 bits; anything with `__index__` but bool"),
            ("float", "1.5", "also ints that a float holds exactly"),
            ("bool", "True", "no int is a bool, no bool an int"),
            ("str", "'hé'", ""),
            ("bytes", "b'ab'", ""),
            ("None", "None", ""),
            ("UserId", "5", "a NewType is what it is made of"),
            ("complex", "1 + 2j", ""),
            ("range", "range(3)", ""),
            ("decimal.Decimal", "decimal.Decimal('1.10')", ""),
            ("fractions.Fraction", "fractions.Fraction(1, 3)", ""),
            ("uuid.UUID", "uuid.UUID(int=5)", ""),
            ("pathlib.Path", "pathlib.Path('/a/b')", "the path, not the file; for the file use FlyteFile"),
        ],
    ),
    (
        "Times",
        [
            ("dt.datetime", "dt.datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)", "to the microsecond, years 1 to 9999"),
            ("dt.datetime", "dt.datetime(2020, 1, 2)", "naive: written as UTC, and comes back naive"),
            ("dt.date", "dt.date(2020, 1, 2)", ""),
            ("dt.time", "dt.time(1, 2, 3)", ""),
            ("dt.timedelta", "dt.timedelta(hours=1)", ""),
        ],
    ),
    (
        "Choices",
        [
            ("Color", "Color.RED", "by value; by name in the dialect v2"),
            ("Level", "Level.HIGH", "an enum may have any values"),
            ("Literal['a', 'b']", "'a'", "only these values are taken"),
            ("Literal[1, 2]", "2", ""),
            ("Optional[int]", "None", ""),
            ("int | str", "'a'", "the variant of the value's own class, else the first that takes it"),
            ("Union[list[int], list[str]]", "['a']", ""),
        ],
    ),
    (
        "Containers",
        [
            ("list[int]", "[1, 2]", ""),
            ("list", "[1, 'a', None]", "without brackets: plain values"),
            ("dict[str, int]", "{'a': 1}", ""),
            ("dict[int, str]", "{1: 'a'}", "keys of any type that travels"),
            ("dict[tuple[int, int], str]", "{(1, 2): 'a'}", ""),
            ("dict", "{'a': [1, None]}", "without brackets: plain values"),
            ("tuple[int, str]", "(1, 'a')", ""),
            ("tuple[int, ...]", "(1, 2, 3)", ""),
            ("set[int]", "{1, 2}", "written in a fixed order"),
            ("frozenset[str]", "frozenset({'a'})", ""),
            ("deque[int]", "deque([1, 2])", ""),
            ("Sequence[int]", "[1, 2]", "comes back as a list"),
            ("Mapping[str, int]", "{'a': 1}", "comes back as a dict"),
            ("OrderedDict[str, int]", "OrderedDict(b=1, a=2)", "its order is part of the value"),
            ("Counter[str]", "Counter('aab')", ""),
            ("Iterator[int]", "[1, 2]", "comes back element by element"),
        ],
    ),
    (
        "Records",
        [
            ("Point", "Point(1)", "a dataclass, of any kind"),
            ("Tree", "Tree(1, [Tree(2)])", "recursive"),
            ("Box[int]", "Box(1)", "generic"),
            ("Pair", "Pair(1, 'b')", "a NamedTuple as a value; as a whole return annotation it names the outputs"),
            ("Movie", "{'title': 't'}", "a TypedDict; keys that may be absent are"),
            ("Model", "Model(x=1)", "pydantic v2: aliases, discriminated unions, constraints, RootModel, generics"),
            ("Shape", "Shape(4)", "attrs"),
            ("Spec", "Spec(n=1)", "msgspec"),
            (
                "struct_pb2.Struct",
                "struct_pb2.Struct(fields={'a': struct_pb2.Value(number_value=1)})",
                "protobuf, by its JSON mapping",
            ),
            ("timestamp_pb2.Timestamp", "timestamp_pb2.Timestamp(seconds=5)", "well-known messages too"),
        ],
    ),
    (
        "Files, frames, arrays",
        [
            ("FlyteFile", "FlyteFile('s3://b/k')", "fetched when its path is first asked for"),
            ("FlyteFile['csv']", "FlyteFile['csv']('s3://b/k.csv')", ""),
            ("FlyteDirectory", "FlyteDirectory('s3://b/d')", ""),
            ("File", "File(path='s3://b/k', hash='h')", "Flyte 2's"),
            ("Dir", "Dir(path='s3://b/d')", "Flyte 2's"),
            ("StructuredDataset", "StructuredDataset(uri='s3://b/t', file_format='parquet')", ""),
            (
                "Annotated[StructuredDataset, kwtypes(a=int), 'csv']",
                "StructuredDataset(uri='s3://b/t', file_format='csv')",
                "columns and format",
            ),
            ("pd.DataFrame", "", "pandas, polars, pyarrow: parquet below the raw data prefix"),
            ("np.ndarray", "", "a `.npy` file; numpy scalars are the Python scalar of their kind"),
            ("FlyteError", "FlyteError('m', 'n0')", "for failure handlers"),
        ],
    ),
    (
        "With a note",
        [
            ("Annotated[int, 'doc']", "5", "what drawloom does not know is ignored"),
            ("Annotated[str, HashMethod(len)]", "", "the hash stands for the value in cache keys"),
            ("Annotated[Thing, Pickle]", "", "any class, for this parameter"),
        ],
    ),
    (
        "Refused",
        [
            ("Any", "", ""),
            ("Thing", "", ""),
            ("list[Any]", "", ""),
            ("Rights", "", ""),
            ("Login", "", ""),
            ("T", "", ""),
        ],
    ),
]
