"""Bad inputs of the type engine: what a user might write, in the place where it goes wrong.

Each row is (name, direction, hint, value): `type` resolves the hint, `write` encodes the value, `read` decodes a literal,
`json` reads JSON. The whole message that each gives is in `typeengine/errors/<name>.err`.
"""

# ruff: noqa: F401 - the rows are text that is evaluated with these names

import collections
import dataclasses
import datetime as dt
import decimal
import enum
import pathlib
import typing
import uuid
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Generator, Iterator
from typing import (
    Annotated,
    Any,
    ClassVar,
    Dict,
    FrozenSet,
    List,
    Literal,
    NamedTuple,
    Optional,
    Set,
    Tuple,
    TypedDict,
    TypeVar,
    Union,
)

import attrs
import msgpack
import msgspec
import numpy as np
import pydantic
from google.protobuf import struct_pb2, timestamp_pb2

from literals import pb
from typeengine import FlyteDirectory, FlyteError, FlyteFile, FlyteSchema, HashMethod, StructuredDataset, kwtypes

T = TypeVar("T")
UTC = dt.timezone.utc


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Rights(enum.Flag):
    READ = 1
    WRITE = 2


class NoMembers(enum.Enum):
    pass


class Swapped(enum.Enum):
    A = "B"
    B = "A"


class Plain:
    def __repr__(self):
        return "Plain()"


class Rude:
    def __repr__(self):
        raise RuntimeError("no")


@dataclasses.dataclass
class Point:
    x: int
    y: float = 1.5


@dataclasses.dataclass
class Line:
    a: Point
    rest: List[Point] = dataclasses.field(default_factory=list)
    by: Dict[str, Point] = dataclasses.field(default_factory=dict)
    color: Color = Color.RED
    maybe: Optional[Point] = None


@dataclasses.dataclass
class Holds:
    thing: Plain


@dataclasses.dataclass
class Strict:
    n: int

    def __post_init__(self):
        if self.n < 0:
            raise ValueError("n must not be negative")


@dataclasses.dataclass
class Cat:
    kind: Literal["cat"]
    lives: int


@dataclasses.dataclass
class Dog:
    kind: Literal["dog"]
    name: str


class Pair(NamedTuple):
    a: int
    b: str


class Movie(TypedDict):
    title: str
    year: int


class Model(pydantic.BaseModel):
    x: int
    tags: List[str] = []


class Secretive(pydantic.BaseModel):
    password: pydantic.SecretStr


class Hidden(pydantic.BaseModel):
    inner: int = pydantic.Field(exclude=True)


@attrs.define
class Attrs:
    n: int


class Spec(msgspec.Struct):
    n: int


def lit(**fields):
    return pb.Literal(scalar=pb.Scalar(**fields))


def prim(**fields):
    return lit(primitive=pb.Primitive(**fields))


def binary(tree, tag="msgpack"):
    return lit(binary=pb.Binary(value=msgpack.packb(tree), tag=tag))


def coll(*items):
    return pb.Literal(collection=pb.LiteralCollection(literals=items))


def mapping(**items):
    return pb.Literal(map=pb.LiteralMap(literals=items))


def union(value, **kind):
    return lit(union=pb.Union(value=value, type=pb.LiteralType(**kind)))


def blob(uri, many=0):
    return lit(blob=pb.Blob(uri=uri, metadata=pb.BlobMetadata(type=pb.BlobType(dimensionality=many))))


STRUCTURE = pb.TypeStructure
LOOP: list = []
LOOP.append(LOOP)

ROWS = [
    # --- hints -------------------------------------------------------------------------------------------------------
    ("type_any", "type", "Any", ""),
    ("type_object", "type", "object", ""),
    ("type_list_any", "type", "List[Any]", ""),
    ("type_plain_class", "type", "Plain", ""),
    ("type_list_of_plain", "type", "List[Plain]", ""),
    ("type_dict_of_plain", "type", "Dict[str, List[Plain]]", ""),
    ("type_union_with_plain", "type", "Union[int, Plain]", ""),
    ("type_field_plain", "type", "Holds", ""),
    ("type_list_of_field_plain", "type", "List[Holds]", ""),
    ("type_flag", "type", "Rights", ""),
    ("type_no_members", "type", "NoMembers", ""),
    ("type_typevar", "type", "T", ""),
    ("type_callable", "type", "Callable[[int], str]", ""),
    ("type_module", "type", "dt", ""),
    ("type_function", "type", "len", ""),
    ("type_number", "type", "5", ""),
    ("type_tuple_of_types", "type", "(int, str)", ""),
    ("type_list_of_types", "type", "[int]", ""),
    ("type_unknown_name", "type", "'Unknown'", ""),
    ("type_bad_syntax", "type", "'List['", ""),
    ("type_empty_literal", "type", "Literal[()]", ""),
    ("type_secret", "type", "Secretive", ""),
    ("type_secret_in_list", "type", "List[Secretive]", ""),
    ("type_excluded", "type", "Hidden", ""),
    ("type_iterator_bare", "type", "Iterator", ""),
    ("type_schema_column", "type", "FlyteSchema[kwtypes(a=bytes)]", ""),
    ("type_dataset_column", "type", "Annotated[StructuredDataset, kwtypes(a=bytes)]", ""),
    ("type_dataset_two_formats", "type", "Annotated[StructuredDataset, 'csv', 'parquet']", ""),
    ("type_numpy_datetime", "type", "np.datetime64", ""),
    ("type_nonetype_field", "type", "Dict[Plain, int]", ""),
    ("type_classvar", "type", "ClassVar[int]", ""),
    # --- values ------------------------------------------------------------------------------------------------------
    ("int_from_text", "write", "int", "'1'"),
    ("int_from_float", "write", "int", "1.0"),
    ("int_from_bool", "write", "int", "True"),
    ("int_from_none", "write", "int", "None"),
    ("int_too_big", "write", "int", "2**63"),
    ("int_too_small", "write", "int", "-2**63 - 1"),
    ("int_from_list", "write", "int", "[1]"),
    ("int_from_enum", "write", "int", "Color.RED"),
    ("float_from_text", "write", "float", "'1.5'"),
    ("float_from_bool", "write", "float", "True"),
    ("float_from_big_int", "write", "float", "2**53 + 1"),
    ("float_from_none", "write", "float", "None"),
    ("float_from_decimal", "write", "float", "decimal.Decimal('0.1')"),
    ("bool_from_int", "write", "bool", "1"),
    ("bool_from_text", "write", "bool", "'true'"),
    ("bool_from_none", "write", "bool", "None"),
    ("str_from_int", "write", "str", "1"),
    ("str_from_bytes", "write", "str", "b'a'"),
    ("str_from_none", "write", "str", "None"),
    ("str_surrogate", "write", "str", "'a\\ud800b'"),
    ("str_long_value", "write", "int", "'x' * 500"),
    ("bytes_from_text", "write", "bytes", "'a'"),
    ("none_from_int", "write", "None", "0"),
    ("rude_repr", "write", "int", "Rude()"),
    ("datetime_from_date", "write", "dt.datetime", "dt.date(2020, 1, 1)"),
    ("datetime_from_text", "write", "dt.datetime", "'2020-01-01'"),
    ("datetime_from_number", "write", "dt.datetime", "0"),
    ("datetime_before_year_1", "write", "dt.datetime", "dt.datetime(1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=1)))"),
    ("date_from_datetime", "write", "dt.date", "dt.datetime(2020, 1, 1)"),
    ("time_from_text", "write", "dt.time", "'10:00'"),
    ("timedelta_from_number", "write", "dt.timedelta", "5"),
    ("decimal_from_float", "write", "decimal.Decimal", "1.5"),
    ("uuid_from_text", "write", "uuid.UUID", "'x'"),
    ("path_from_int", "write", "pathlib.Path", "5"),
    ("enum_wrong_text", "write", "Color", "'green'"),
    ("enum_other_enum", "write", "Color", "Level.LOW"),
    ("enum_none", "write", "Color", "None"),
    ("intenum_from_int", "write", "Level", "9"),
    ("literal_wrong", "write", "Literal['a', 'b']", "'c'"),
    ("literal_wrong_kind", "write", "Literal[1, 2]", "'1'"),
    ("literal_bool_for_int", "write", "Literal[1]", "True"),
    ("list_from_text", "write", "List[int]", "'ab'"),
    ("list_from_dict", "write", "List[int]", "{'a': 1}"),
    ("list_from_none", "write", "List[int]", "None"),
    ("list_element", "write", "List[int]", "[1, 'two']"),
    ("list_none_element", "write", "List[int]", "[1, None]"),
    ("list_deep_element", "write", "Dict[str, List[Dict[str, int]]]", "{'a': [{}, {'c': 'x'}]}"),
    ("dict_from_list", "write", "Dict[str, int]", "[1]"),
    ("dict_int_key", "write", "Dict[str, int]", "{1: 1}"),
    ("dict_value", "write", "Dict[str, int]", "{'a': 1, 'b': None}"),
    ("dict_key_of_other_type", "write", "Dict[int, str]", "{'x': 'a'}"),
    ("dict_value_of_int_key", "write", "Dict[int, str]", "{1: 2}"),
    ("dict_untyped_set", "write", "dict", "{'a': {1}}"),
    ("dict_untyped_datetime", "write", "dict", "{'a': [dt.datetime(2020, 1, 1)]}"),
    ("dict_untyped_big_int", "write", "dict", "{'a': 2**70}"),
    ("dict_untyped_loop", "write", "dict", "{'a': LOOP}"),
    ("tuple_too_short", "write", "Tuple[int, str]", "(1,)"),
    ("tuple_element", "write", "Tuple[int, str]", "(1, 2)"),
    ("tuple_variadic_element", "write", "Tuple[int, ...]", "(1, 'a')"),
    ("namedtuple_field", "write", "Pair", "Pair('a', 'b')"),
    ("typeddict_missing", "write", "Movie", "{'title': 'a'}"),
    ("typeddict_value", "write", "Movie", "{'title': 'a', 'year': '1999'}"),
    ("typeddict_extra", "write", "Movie", "{'title': 'a', 'year': 1, 'zz': 1}"),
    ("set_element", "write", "Set[int]", "{'a'}"),
    ("frozenset_from_list", "write", "FrozenSet[int]", "[1]"),
    ("deque_element", "write", "deque[int]", "deque([1, 'a'])"),
    ("counter_value", "write", "Counter[str]", "{'a': 1.5}"),
    ("optional_wrong", "write", "Optional[int]", "'a'"),
    ("optional_bool", "write", "Optional[int]", "True"),
    ("union_none_of", "write", "Union[int, str]", "1.5"),
    ("union_none", "write", "Union[int, str]", "None"),
    ("union_of_lists", "write", "Union[List[int], List[str]]", "[1, 'a']"),
    ("union_of_records", "write", "Union[Cat, Dog]", "Point(1)"),
    ("dataclass_other", "write", "Point", "Line(Point(1))"),
    ("dataclass_text", "write", "Point", "'x'"),
    ("dataclass_none", "write", "Point", "None"),
    ("dataclass_field", "write", "Point", "Point('no')"),
    ("dataclass_nested_field", "write", "Line", "Line(Point(1), [Point(1), Point(2, 'y')])"),
    ("dataclass_in_dict", "write", "Line", "Line(Point(1), by={'k': Point(None)})"),
    ("dataclass_dict_extra", "write", "Point", "{'x': 1, 'z': 2}"),
    ("dataclass_dict_missing", "write", "Point", "{'y': 2.0}"),
    ("dataclass_enum_field", "write", "Line", "Line(Point(1), color='green')"),
    ("attrs_field", "write", "Attrs", "Attrs('x')"),
    ("msgspec_field", "write", "Spec", "Spec('x')"),
    ("pydantic_other", "write", "Model", "5"),
    ("pydantic_unfit", "write", "Model", "Model.model_construct(x='no')"),
    ("pydantic_dict", "write", "Model", "{'x': 'no'}"),
    ("file_number", "write", "FlyteFile", "5"),
    ("file_missing", "write", "FlyteFile", "'no/such/file'"),
    ("file_is_directory", "write", "FlyteFile", "FlyteDirectory('s3://b/d')"),
    ("file_other_format", "write", "FlyteFile['csv']", "FlyteFile['png']('s3://b/k')"),
    ("directory_missing", "write", "FlyteDirectory", "'no/such/dir'"),
    ("dataset_frame", "write", "StructuredDataset", "[1]"),
    ("dataset_empty", "write", "StructuredDataset", "StructuredDataset()"),
    ("error_number", "write", "FlyteError", "5"),
    ("iterator_number", "write", "Iterator[int]", "5"),
    ("iterator_element", "write", "Iterator[int]", "iter([1, 'a'])"),
    ("numpy_objects", "write", "np.ndarray", "np.array([None])"),
    ("numpy_list", "write", "np.ndarray", "[1]"),
    ("numpy_scalar_range", "write", "np.int8", "300"),
    ("protobuf_other", "write", "struct_pb2.Struct", "timestamp_pb2.Timestamp()"),
    ("hash_raises", "write", "Annotated[int, HashMethod(lambda v: 1 / 0)]", "1"),
    ("hash_no_text", "write", "Annotated[int, HashMethod(lambda v: 5)]", "1"),
    # --- literals ----------------------------------------------------------------------------------------------------
    ("read_int_bool", "read", "int", "prim(boolean=True)"),
    ("read_int_fraction", "read", "int", "prim(float_value=1.9)"),
    ("read_int_nothing", "read", "int", "pb.Literal()"),
    ("read_int_list", "read", "int", "coll()"),
    ("read_int_other_tag", "read", "int", "binary(1, 'cbor')"),
    ("read_int_untagged", "read", "int", "binary(1, '')"),
    ("read_int_broken_msgpack", "read", "int", "lit(binary=pb.Binary(value=b'\\xc1', tag='msgpack'))"),
    ("read_bool_int", "read", "bool", "prim(integer=1)"),
    ("read_str_int", "read", "str", "prim(integer=1)"),
    ("read_datetime_range", "read", "dt.datetime", "prim(datetime={'seconds': 253402300800})"),
    ("read_datetime_text", "read", "dt.datetime", "binary('nope')"),
    ("read_date_text", "read", "dt.date", "binary('2020-13-01')"),
    ("read_enum_unknown", "read", "Color", "prim(string_value='green')"),
    ("read_enum_void", "read", "Color", "lit(none_type=pb.Void())"),
    ("read_literal_unknown", "read", "Literal['a']", "prim(string_value='b')"),
    ("read_list_element", "read", "List[int]", "coll(prim(integer=1), prim(string_value='a'))"),
    ("read_dict_element", "read", "Dict[str, List[int]]", "mapping(k=coll(prim(boolean=True)))"),
    ("read_dict_key", "read", "Dict[int, int]", "binary({'x': 1})"),
    ("read_optional", "read", "Optional[int]", "prim(string_value='a')"),
    ("read_union_wrong_value", "read", "Union[int, str]", "union(prim(boolean=True), simple=4)"),
    ("read_union_ambiguous", "read", "Union[dt.datetime, dt.date]", "prim(datetime={'seconds': 1})"),
    ("read_dataclass_missing", "read", "Point", "binary({'y': 1.0})"),
    ("read_dataclass_field", "read", "Line", "binary({'a': {'x': 1}, 'rest': [{'x': 1}, {'x': 'no'}]})"),
    ("read_dataclass_unknown", "read", "Point", "binary({'x': 1, 'zz': 2})"),
    ("read_dataclass_constructor", "read", "Strict", "binary({'n': -1})"),
    ("read_dataclass_list", "read", "Point", "binary([1])"),
    ("read_pydantic_invalid", "read", "Model", "binary({'x': 'no', 'tags': [1]})"),
    ("read_file_missing", "read", "FlyteFile", "blob('/no/such/file')"),
    ("read_file_of_folder", "read", "FlyteFile", "blob('s3://b/d', 1)"),
    ("read_file_no_path", "read", "FlyteFile", "binary({})"),
    ("read_directory_of_file", "read", "FlyteDirectory", "blob('s3://b/d')"),
    ("read_pickle_for_list", "read", "List[int]", "lit(blob=pb.Blob(uri='s3://b/p', metadata=pb.BlobMetadata(type=pb.BlobType(format='PythonPickle'))))"),
    ("read_protobuf_field", "read", "timestamp_pb2.Timestamp", "binary({'value': 'yesterday'})"),
    ("read_offloaded_nowhere", "read", "int", "pb.Literal(offloaded_metadata=pb.LiteralOffloadedMetadata())"),
    # --- JSON --------------------------------------------------------------------------------------------------------
    ("json_int", "json", "int", "'5'"),
    ("json_list", "json", "List[int]", "[1, 'a']"),
    ("json_dataclass", "json", "Line", "{'a': {'x': 1}, 'rest': [{'y': 2}]}"),
    ("json_enum", "json", "Color", "'green'"),
    ("json_union", "json", "Union[int, List[int]]", "'a'"),
    ("json_duration", "json", "dt.timedelta", "'soon'"),
]  # fmt: skip
