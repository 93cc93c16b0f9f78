"""Values of other libraries: each keeps the laws of transformers."""

import dataclasses
import datetime as dt
import enum
import pathlib
import typing
from typing import (
    Annotated,
    Any,
    Dict,
    Generic,
    List,
    Literal,
    Optional,
    Protocol,
    TypedDict,
    TypeVar,
    Union,
    runtime_checkable,
)

import attrs
import msgspec
import numpy as np
import pydantic
import pytest
from google.protobuf import any_pb2, duration_pb2, field_mask_pb2, struct_pb2, timestamp_pb2, wrappers_pb2
from hypothesis import strategies as st

from drawloom.context import FileAccessProvider, using
from literals import pb
from typeengine import Engine, Pickle, TypeTransformerFailedError, UnsupportedTypeError, kwtypes
from typeengine.testing import check_transformer

ENGINE = Engine()
T = TypeVar("T")


@pytest.fixture(autouse=True)
def raw_data(tmp_path):
    with using(file_access=FileAccessProvider(tmp_path / "s", str(tmp_path / "raw"))):
        yield


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Inner(pydantic.BaseModel):
    a: int = 1
    b: Optional[str] = None


class Model(pydantic.BaseModel):
    x: int
    y: float = 2.5
    inner: Inner = Inner()
    many: List[Inner] = []
    by: Dict[str, Inner] = {}
    when: Optional[dt.datetime] = None
    color: Color = Color.RED


class Aliased(pydantic.BaseModel):
    inner_name: int = pydantic.Field(alias="outerName")
    plain: int = pydantic.Field(1, validation_alias="other", serialization_alias="third")


class Tree(pydantic.BaseModel):
    v: int
    kids: List["Tree"] = []


class Cat(pydantic.BaseModel):
    kind: Literal["cat"] = "cat"
    lives: int


class Dog(pydantic.BaseModel):
    kind: Literal["dog"] = "dog"
    name: str


class Home(pydantic.BaseModel):
    pet: Union[Cat, Dog] = pydantic.Field(discriminator="kind")


class Limited(pydantic.BaseModel):
    n: Annotated[int, pydantic.Field(ge=0, le=10)]
    s: pydantic.constr(min_length=1)


class Numbers(pydantic.RootModel[List[int]]):
    pass


class Box(pydantic.BaseModel, Generic[T]):
    item: T


class Computed(pydantic.BaseModel):
    model_config = {"extra": "forbid"}
    a: int

    @pydantic.computed_field
    @property
    def twice(self) -> int:
        return self.a * 2


class Strict(pydantic.BaseModel):
    model_config = {"strict": True}
    when: dt.datetime
    pair: tuple[int, str]


@pydantic.dataclasses.dataclass
class Checked:
    x: pydantic.PositiveInt
    inner: Inner


@dataclasses.dataclass
class Holds:
    model: Model
    maybe: Optional[Inner] = None
    boxes: List[Inner] = dataclasses.field(default_factory=list)


@pytest.mark.parametrize(
    ("hint", "values"),
    [
        (Inner, [Inner(), Inner(a=2, b="é")]),
        (Model, [Model(x=1, y=float("inf")), Model(x=1, many=[Inner()], by={"k": Inner(a=3)}, color=Color.BLUE)]),
        (Model, [Model(x=1, when=dt.datetime(2020, 1, 2, tzinfo=dt.timezone.utc))]),
        (Aliased, [Aliased(outerName=3, other=4)]),
        (Tree, [Tree(v=1, kids=[Tree(v=2, kids=[Tree(v=3)])])]),
        (Home, [Home(pet=Cat(lives=9)), Home(pet=Dog(name="d"))]),
        (Union[Cat, Dog], [Cat(lives=1), Dog(name="x")]),
        (Union[Inner, Model], [Model(x=1), Inner()]),
        (Limited, [Limited(n=3, s="x")]),
        (Numbers, [Numbers([1, 2]), Numbers([])]),
        (Box[int], [Box[int](item=3)]),
        (Box[Inner], [Box[Inner](item=Inner(a=3))]),
        (Computed, [Computed(a=2)]),
        (Strict, [Strict(when=dt.datetime(2020, 1, 1), pair=(1, "a"))]),
        (Checked, [Checked(x=1, inner=Inner())]),
        (Holds, [Holds(Model(x=1), Inner(), [Inner(a=5)])]),
        (List[Inner], [[], [Inner(), Inner(a=2)]]),
        (Dict[str, Optional[Inner]], [{"a": None, "b": Inner()}]),
    ],
    ids=str,
)
@pytest.mark.parametrize("dialect", ["v1", "v2"])
def test_pydantic_models_keep_the_laws(hint, values, dialect):
    check_transformer(ENGINE.clone(dialect=dialect), hint, values, foreign=[5, "x", None, object()])


def test_a_model_inside_a_dataclass_is_its_dump():
    codec = ENGINE.codec(Holds)
    tree = codec.to_plain(Holds(Model(x=1)))
    assert tree["model"]["inner"] == {"a": 1, "b": None}


def test_a_secret_is_refused_when_the_type_is_resolved():
    class Login(pydantic.BaseModel):
        user: str
        password: Optional[pydantic.SecretStr] = None

    with pytest.raises(UnsupportedTypeError) as caught:
        ENGINE.codec(List[Login])
    assert caught.value.where.endswith(".password")


def test_a_model_that_holds_what_it_may_not_is_refused_when_written():
    with pytest.raises(TypeTransformerFailedError, match="does not fit its own fields"):
        ENGINE.codec(Inner).encode(Inner.model_construct(a="no"))


def test_enums_in_models_are_read_by_name_and_by_value():
    for text in ("blue", "BLUE"):
        for engine in (ENGINE, ENGINE.clone(dialect="v2")):
            assert engine.codec(Model).from_plain({"x": 1, "color": text}).color is Color.BLUE


@attrs.define
class Shape:
    name: str
    sides: int = 4
    tags: List[str] = attrs.field(factory=list)
    _hidden: int = 0
    area: float = attrs.field(init=False, default=0.0)


@attrs.frozen
class Group:
    shapes: List[Shape]
    lead: Optional[Shape] = None


class Spec(msgspec.Struct, rename="camel"):
    file_name: str
    sizes: List[int] = []
    parent: Optional["Spec"] = None


class Frozen(msgspec.Struct, frozen=True, kw_only=True):
    a: int
    b: float = 1.5


@pytest.mark.parametrize(
    ("hint", "values"),
    [
        (Shape, [Shape("a"), Shape("b", 3, ["t"], hidden=5)]),
        (Group, [Group([Shape("a")]), Group([], Shape("x"))]),
        (List[Shape], [[Shape("a")], []]),
        (Spec, [Spec("a"), Spec("b", [1], Spec("c"))]),
        (Frozen, [Frozen(a=1), Frozen(a=2, b=0.5)]),
        (Dict[str, Frozen], [{"k": Frozen(a=1)}]),
    ],
    ids=str,
)
def test_attrs_and_msgspec_classes_keep_the_laws(hint, values):
    check_transformer(ENGINE, hint, values)


def test_attributes_that_the_constructor_does_not_take_come_back():
    shape = Shape("a")
    shape.area = 2.5
    codec = ENGINE.codec(Shape)
    assert codec.decode(codec.encode(shape)).area == 2.5


def test_a_renamed_field_is_read_by_either_name():
    codec = ENGINE.codec(Spec)
    assert codec.from_plain({"fileName": "a"}) == codec.from_plain({"file_name": "a"}) == Spec("a")


@pytest.mark.parametrize(
    ("hint", "values"),
    [
        (np.int64, [np.int64(5), np.int64(-(2**63))]),
        (np.uint8, [np.uint8(255)]),
        (np.float32, [np.float32(0.1), np.float32("inf")]),
        (np.bool_, [np.bool_(True)]),
        (np.str_, [np.str_("é")]),
        (List[np.int16], [[np.int16(1), np.int16(2)]]),
    ],
    ids=str,
)
def test_numpy_scalars_keep_the_laws(hint, values):
    check_transformer(ENGINE, hint, values, foreign=["x", None, object(), [1]])


FLOATS = np.typing.NDArray[np.float64]


@pytest.mark.parametrize("hint", [np.ndarray, FLOATS, Annotated[np.ndarray, {"allow_pickle": False}]], ids=str)
def test_arrays_come_back_equal(hint):
    codec = ENGINE.codec(hint)
    numbers = [np.array([]), np.array(3.5), np.arange(6.0).reshape(2, 3)]
    others = [np.arange(6), np.array(["a", "bb"]), np.array([1], dtype=">i4")]
    for array in numbers if hint is FLOATS else [*numbers, *others]:
        for back in (codec.decode(codec.encode(array)), codec.from_plain(codec.to_plain(array))):
            assert back.dtype == array.dtype
            np.testing.assert_array_equal(back, array)


def test_arrays_of_objects_need_pickle():
    array = np.array([{"a": 1}, None], dtype=object)
    with pytest.raises(TypeTransformerFailedError, match="declared type"):
        ENGINE.codec(np.ndarray).encode(array)
    codec = ENGINE.codec(Annotated[np.ndarray, kwtypes(allow_pickle=True)])
    assert codec.decode(codec.encode(array)).tolist() == array.tolist()


def test_an_array_may_be_mapped_from_its_file():
    codec = ENGINE.codec(Annotated[np.ndarray, kwtypes(mmap_mode="r")])
    back = codec.decode(codec.encode(np.arange(3)))
    assert isinstance(back, np.memmap)


@pytest.mark.parametrize(
    "message",
    [
        struct_pb2.Struct(fields={"a": struct_pb2.Value(number_value=1.5), "n": struct_pb2.Value(null_value=0)}),
        struct_pb2.ListValue(values=[struct_pb2.Value(number_value=1), struct_pb2.Value(string_value="a")]),
        struct_pb2.ListValue(),
        struct_pb2.Value(bool_value=True),
        timestamp_pb2.Timestamp(seconds=5, nanos=3),
        duration_pb2.Duration(seconds=-5),
        wrappers_pb2.Int64Value(value=2**60),
        wrappers_pb2.BytesValue(value=b"\x00\xff"),
        field_mask_pb2.FieldMask(paths=["a.b", "c"]),
    ],
    ids=lambda message: message.DESCRIPTOR.name,
)
def test_protobuf_messages_keep_the_laws(message):
    check_transformer(ENGINE, type(message), [message], foreign=[5, "x", None])


@pytest.mark.parametrize(
    "tree",
    [
        {"@type": "type.googleapis.com/google.protobuf.Duration", ":alue": "1s"},
        {"@type": "type.googleapis.com/google.protobuf.Duration"},
        {"@type": "type.googleapis.com/no.such.Message"},
        {"@type": 5.0},
        {"value": "1s"},
        {"@type": "type.googleapis.com/google.protobuf.Timestamp", "value": {"a": [None]}},
    ],
    ids=str,
)
def test_a_damaged_any_is_an_error_with_its_place(tree):
    written = struct_pb2.Struct()
    written.update(tree)
    literal = pb.Literal()
    literal.scalar.generic.ParseFromString(written.SerializeToString())
    several = pb.Literal(collection=pb.LiteralCollection(literals=[literal]))
    with pytest.raises(TypeTransformerFailedError, match="JSON form of a google.protobuf.Any message") as caught:
        ENGINE.codec(List[any_pb2.Any]).decode(several.SerializeToString())
    assert caught.value.where == "[0]"


class Thing:
    def __init__(self, v):
        self.v = v

    def __eq__(self, other):
        return isinstance(other, Thing) and other.v == self.v

    __hash__ = None


def test_pickle_is_never_a_fallback():
    for hint in (Thing, List[Thing], Any, Dict[str, Any]):
        with pytest.raises(UnsupportedTypeError, match="no transformer takes|does not say"):
            ENGINE.codec(hint)


def test_pickle_is_one_word():
    for hint, value in (
        (Annotated[Thing, Pickle], Thing(1)),
        (List[Annotated[Thing, Pickle]], [Thing(1)]),
        (Annotated[Any, Pickle], {1, 2}),
    ):
        codec = ENGINE.codec(hint)
        assert codec.decode(codec.encode(value)) == value
    with pytest.raises(TypeTransformerFailedError):
        ENGINE.codec(Annotated[Thing, Pickle]).encode(5)


class Holding(TypedDict):
    thing: Thing


class Perhaps(TypedDict, total=False):
    thing: Thing


class Shown(Protocol):
    def show(self): ...


@runtime_checkable
class Asked(Protocol):
    def ask(self): ...


class Talking:
    def __eq__(self, other):
        return isinstance(other, Talking)

    __hash__ = None

    def show(self):
        return ""

    def ask(self):
        return ""


@pytest.mark.parametrize(
    ("hint", "value", "others"),
    [
        (Holding, {"thing": Thing(1)}, [{}, Thing(1), [("thing", 1)]]),
        (Perhaps, {}, [Thing(1)]),
        (Shown, Talking(), []),
        (Asked, Talking(), [Thing(1)]),
        (Thing, Thing(1), [1]),
    ],
    ids=["typed-dict", "not-total", "protocol", "asked-protocol", "class"],
)
def test_what_is_pickled_is_of_its_type_as_far_as_the_type_can_be_asked(hint, value, others):
    codec = ENGINE.codec(Annotated[hint, Pickle])
    assert codec.decode(codec.encode(value)) == value
    assert codec.accepts(value)
    for other in others:
        assert not codec.accepts(other)
        with pytest.raises(TypeTransformerFailedError):
            codec.encode(other)


def test_an_engine_may_pickle_what_nothing_else_takes():
    engine = ENGINE.clone(allow_pickle=True)
    codec = engine.codec(List[Thing])
    assert codec.decode(codec.encode([Thing(1)])) == [Thing(1)]


def test_a_dict_that_may_be_pickled_is_msgpack_as_long_as_it_can_be():
    codec = ENGINE.codec(Annotated[dict, kwtypes(allow_pickle=True)])
    assert b"msgpack" in codec.encode({"a": 1})
    odd = {"a": {1, 2}, "t": Thing(3)}
    assert codec.decode(codec.encode(odd)) == odd


def test_iterators_are_read_element_by_element():
    codec = ENGINE.codec(typing.Iterator[int])
    found = codec.decode(codec.encode(iter([1, 2, 3])))
    assert len(found) == 3
    assert next(found) == 1
    assert list(found) == [2, 3]


def test_iterators_of_json_are_lines_of_a_file():
    from typeengine import JSON

    codec = ENGINE.codec(typing.Iterator[JSON])
    rows = [{"a": [1, None]}, "é", 5]
    assert list(codec.decode(codec.encode(iter(rows)))) == rows
    assert list(codec.decode(codec.encode(iter([])))) == []
    file = pathlib.Path(pb.Literal.FromString(codec.encode(iter(rows))).scalar.blob.uri)
    assert file.read_text(encoding="utf-8") == '{"a": [1, null]}\n"é"\n5\n'


@pytest.mark.parametrize("hint", [Shape, Inner], ids=str)
def test_a_strategy_may_be_given_instead_of_values(hint):
    made = {Shape: st.builds(Shape, st.text("ab"), st.integers(0, 5)), Inner: st.builds(Inner, a=st.integers(0, 9))}[
        hint
    ]
    check_transformer(ENGINE, hint, made, examples=20)


def test_tensors_travel_and_modules_say_how():
    torch = pytest.importorskip("torch")
    for hint, value in ((torch.Tensor, torch.arange(6).reshape(2, 3)), (Dict[str, torch.Tensor], {"w": torch.ones(2)})):
        codec = ENGINE.codec(hint)
        back = codec.decode(codec.encode(value))
        found, given = (back, value) if hint is torch.Tensor else (back["w"], value["w"])
        assert torch.equal(found, given)
    codec = ENGINE.codec(torch.Tensor)
    view = torch.zeros(1_000_000)[:2]
    assert len(codec.to_plain(view)) < 100_000
    assert torch.equal(codec.from_plain(codec.to_plain(view)), view)
    with pytest.raises(UnsupportedTypeError, match="can only be pickled"):
        ENGINE.codec(torch.nn.Linear)
    with pytest.raises(TypeTransformerFailedError):
        ENGINE.codec(torch.Tensor).encode([1])


class Written(pydantic.BaseModel):
    a: int

    @pydantic.field_serializer("a")
    def _as_text(self, value):
        return f"<{value}>"

    @pydantic.field_validator("a", mode="before")
    @classmethod
    def _of_text(cls, value):
        return int(value.strip("<>")) if isinstance(value, str) else value


class Open(pydantic.BaseModel):
    model_config = {"extra": "allow"}
    a: int


def test_models_that_write_their_fields_otherwise_are_asked():
    check_transformer(ENGINE, Written, [Written(a=5)], foreign=[5])
    assert ENGINE.codec(Written).to_plain(Written(a=5)) == {"a": "<5>"}
    assert ENGINE.codec(Open).to_plain(Open(a=1, more=[1.5])) == {"a": 1, "more": [1.5]}
