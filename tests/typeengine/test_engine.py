"""The registry is a value; transformers written for flytekit register unchanged; precedence is the table's."""

import dataclasses
import enum
import pathlib
import threading
import typing
from typing import Annotated

import pytest

from literals import pb
from typeengine import (
    AsyncTypeTransformer,
    Engine,
    FlyteAnnotation,
    HashMethod,
    RegistrationError,
    SimpleTransformer,
    TypeEngine,
    TypeTransformer,
    TypeTransformerFailedError,
    UnsupportedTypeError,
)


class Money:
    def __init__(self, cents):
        self.cents = cents

    def __eq__(self, other):
        return isinstance(other, Money) and self.cents == other.cents

    def __hash__(self):
        return hash(self.cents)


class Coin(Money):
    pass


class MoneyTransformer(TypeTransformer[Money]):
    """As one would write it for flytekit."""

    def __init__(self):
        super().__init__(name="Money", t=Money)

    def get_literal_type(self, t):
        return pb.LiteralType(simple=pb.SimpleType.STRING)

    def to_literal(self, ctx, python_val, python_type, expected):
        assert ctx.file_access
        assert expected.simple == pb.SimpleType.STRING
        return pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(string_value=f"{python_val.cents}c")))

    def to_python_value(self, ctx, lv, expected_python_type):
        return expected_python_type(int(lv.scalar.primitive.string_value[:-1]))

    def guess_python_type(self, literal_type):
        if literal_type.simple == pb.SimpleType.STRING:
            return Money
        raise ValueError("not mine")


def trip(engine, hint, value):
    codec = engine.codec(hint)
    assert codec.from_plain(codec.to_plain(value)) == value
    return codec.decode(codec.encode(value)) == value


def test_a_transformer_registers_and_works_at_any_depth():
    engine = Engine()
    engine.register(MoneyTransformer())

    @dataclasses.dataclass
    class Bill:
        total: Money
        parts: typing.List[Money]

    assert trip(engine, Money, Money(5))
    assert trip(engine, typing.List[Money], [Money(5)])
    assert trip(engine, typing.Optional[Money], Money(5))
    assert trip(engine, typing.Dict[str, Money], {"a": Money(1)})
    assert trip(engine, Bill, Bill(Money(3), [Money(1), Money(2)]))
    assert engine.codec(typing.Optional[Money]).literal_type.union_type.variants[0].structure.tag == "Money"


def test_a_subclass_uses_the_transformer_of_its_base():
    engine = Engine()
    engine.register(MoneyTransformer())
    assert trip(engine, Coin, Coin(5))


def test_the_transformer_asserts_the_type_and_refuses_none():
    engine = Engine()
    engine.register(MoneyTransformer())
    for bad in ("5c", None, 5):
        with pytest.raises(TypeTransformerFailedError) as caught:
            engine.codec(typing.List[Money]).encode([Money(1), bad])
        assert caught.value.where == "[1]"


def test_what_a_transformer_raises_is_the_cause_of_our_error():
    engine = Engine()
    engine.register(MoneyTransformer())
    with pytest.raises(TypeTransformerFailedError) as caught:
        engine.codec(Money).decode(engine.codec(str).encode("nonsense"))
    assert isinstance(caught.value.__cause__, ValueError)


def test_double_registration_is_an_error_unless_override_is_set():
    engine = Engine()
    engine.register(MoneyTransformer())
    with pytest.raises(RegistrationError):
        engine.register(MoneyTransformer())
    with pytest.raises(ValueError):
        engine.register(MoneyTransformer())
    engine.register(MoneyTransformer(), override=True)


def test_a_frozen_engine_refuses_registrations_and_its_extension_does_not():
    engine = Engine().freeze()
    with pytest.raises(RegistrationError):
        engine.register(MoneyTransformer())
    child = engine.extend()
    child.register(MoneyTransformer())
    assert trip(child, Money, Money(1))
    with pytest.raises(UnsupportedTypeError):
        engine.codec(Money)


def test_codecs_given_out_stay_what_they_were_after_a_registration():
    engine = Engine()
    before = engine.codec(typing.List[int])
    engine.register(MoneyTransformer())
    assert before.decode(before.encode([1])) == [1]
    assert engine.codec(Money).tag == "Money"


def test_register_via_takes_one_line():
    engine = Engine()
    engine.register_via(Money, str, encode=lambda m: str(m.cents), decode=lambda text: Money(int(text)))
    assert trip(engine, typing.List[Money], [Money(1), Money(-2)])
    assert engine.codec(Money).literal_type.simple == pb.SimpleType.STRING
    with pytest.raises(TypeTransformerFailedError, match="decode function"):
        engine.codec(Money).decode(engine.codec(str).encode("x"))
    with pytest.raises(TypeTransformerFailedError):
        engine.codec(Money).encode("1")


def test_a_generic_alias_may_have_its_own_transformer():
    engine = Engine()
    engine.register_via(typing.List[int], str, encode=str, decode=lambda text: [int(p) for p in text[1:-1].split(",")])
    assert engine.codec(list[int]).literal_type.simple == pb.SimpleType.STRING
    assert engine.codec(list[str]).literal_type.HasField("collection_type")


def test_a_transformer_in_annotated_wins_for_this_parameter_only():
    engine = Engine()
    hint = Annotated[Money, MoneyTransformer()]
    assert trip(engine, typing.List[hint], [Money(4)])
    with pytest.raises(UnsupportedTypeError):
        engine.codec(Money)


def test_an_asynchronous_transformer_works_inside_and_outside_a_running_loop():
    import asyncio

    class AsyncMoney(AsyncTypeTransformer[Money]):
        def __init__(self):
            super().__init__("AsyncMoney", Money)

        def get_literal_type(self, t):
            return pb.LiteralType(simple=pb.SimpleType.INTEGER)

        async def async_to_literal(self, ctx, python_val, python_type, expected):
            await asyncio.sleep(0)
            return pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(integer=python_val.cents)))

        async def async_to_python_value(self, ctx, lv, expected_python_type):
            await asyncio.sleep(0)
            return Money(lv.scalar.primitive.integer)

    engine = Engine()
    engine.register(AsyncMoney())
    assert trip(engine, Money, Money(1))

    async def inside():
        return trip(engine, Money, Money(2))

    assert asyncio.run(inside())


def test_a_simple_transformer_checks_exact_classes():
    engine = Engine()
    engine.register(
        SimpleTransformer(
            "Coin",
            Coin,
            pb.LiteralType(simple=pb.SimpleType.INTEGER),
            lambda c: pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(integer=c.cents))),
            lambda lv: Coin(lv.scalar.primitive.integer),
        )
    )
    assert trip(engine, Coin, Coin(3))
    with pytest.raises(TypeTransformerFailedError):
        engine.codec(Coin).encode(Money(3))


def test_flyteidl_messages_of_a_transformer_are_read_over():
    literals_pb2 = pytest.importorskip("flyteidl.core.literals_pb2")
    types_pb2 = pytest.importorskip("flyteidl.core.types_pb2")

    class Foreign(MoneyTransformer):
        def get_literal_type(self, t):
            return types_pb2.LiteralType(simple=types_pb2.SimpleType.STRING)

        def to_literal(self, ctx, python_val, python_type, expected):
            primitive = literals_pb2.Primitive(string_value=f"{python_val.cents}c")
            return literals_pb2.Literal(scalar=literals_pb2.Scalar(primitive=primitive))

    engine = Engine()
    engine.register(Foreign())
    assert trip(engine, Money, Money(5))


def test_the_class_type_engine_goes_to_the_default_engine():
    literal = TypeEngine.to_literal(None, [1, 2], typing.List[int], TypeEngine.to_literal_type(typing.List[int]))
    assert TypeEngine.to_python_value(None, literal, typing.List[int]) == [1, 2]
    assert TypeEngine.guess_python_type(TypeEngine.to_literal_type(typing.Dict[str, float])) == typing.Dict[str, float]
    assert TypeEngine.get_transformer(int).name == "int"
    assert TypeEngine.get_transformer(typing.List[int]).name == "Typed List"
    values = TypeEngine.dict_to_literal_map(None, {"a": 1, "b": "x"}, {"a": float})
    assert TypeEngine.literal_map_to_kwargs(None, values, {"a": float, "b": str}) == {"a": 1.0, "b": "x"}
    with pytest.raises(TypeTransformerFailedError) as caught:
        TypeEngine.literal_map_to_kwargs(None, values, {"a": float, "b": typing.List[int]})
    assert caught.value.where == "b"


def test_hashes_are_set_at_any_depth():
    hashed = Annotated[int, HashMethod(lambda value: f"h{value}")]

    @dataclasses.dataclass
    class Row:
        a: hashed
        b: int = 0

    engine = Engine()
    read = lambda hint, value: pb.Literal.FromString(engine.codec(hint).encode(value))
    assert read(hashed, 1).hash == "h1"
    assert read(typing.List[hashed], [1]).collection.literals[0].hash == "h1"
    assert read(typing.Optional[hashed], 1).scalar.union.value.hash == "h1"
    assert read(Row, Row(1)).hash == read(Row, Row(1)).hash
    assert read(Row, Row(1)).hash != read(Row, Row(2)).hash
    assert trip(engine, Row, Row(1))


def test_annotations_are_kept_and_two_of_them_are_refused():
    engine = Engine()
    found = engine.codec(Annotated[int, FlyteAnnotation({"a": 1})]).literal_type.annotation.annotations
    assert found["a"] == 1
    for notes in ((FlyteAnnotation({}), FlyteAnnotation({})), (FlyteAnnotation({"cache-key-metadata": {}}),)):
        hint = int
        for note in notes:
            hint = Annotated[hint, note]
        with pytest.raises(TypeTransformerFailedError):
            engine.codec(hint)
    for data in (["a"], "a", None):
        with pytest.raises(TypeTransformerFailedError, match="an object of JSON"):
            FlyteAnnotation(data)


def test_an_enum_whose_names_and_values_cross_says_which_is_meant():
    class Cross(enum.Enum):
        A = "B"
        B = "A"

    v1, v2 = Engine(), Engine().clone(dialect="v2")
    for writer in (v1, v2):
        for reader in (v1, v2):
            assert all(reader.codec(Cross).decode(writer.codec(Cross).encode(m)) is m for m in Cross)
    with pytest.raises(TypeTransformerFailedError, match="the name of"):
        v1.codec(Cross).decode(v1.codec(str).encode("A"))


def test_variants_of_the_same_shape_are_told_apart():
    @dataclasses.dataclass
    class A:
        x: int

    B = dataclasses.make_dataclass("A", [("x", int)])
    engine = Engine()
    for value in (A(1), B(1)):
        codec = engine.codec(typing.Union[A, B])
        assert type(codec.decode(codec.encode(value))) is type(value)
        assert type(codec.from_plain(codec.to_plain(value))) is type(value)


def test_threads_that_resolve_one_type_get_one_codec():
    engine = Engine()
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(engine.codec(typing.Dict[str, typing.List[int]])))
        for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, found))) == 1


def test_a_type_nested_too_deeply_is_refused_when_it_is_resolved():
    hint = int
    for _ in range(60):
        hint = typing.List[hint]
    with pytest.raises(UnsupportedTypeError, match="too deeply"):
        Engine().codec(hint)


def test_a_value_nested_too_deeply_or_containing_itself_is_our_error():
    @dataclasses.dataclass
    class Chain:
        nxt: typing.Optional["Chain"] = None

    loop = {}
    loop["me"] = loop
    chain = None
    for _ in range(3000):
        chain = Chain(chain)
    from literals import DrawloomError

    engine = Engine()
    for hint, value in ((dict, loop), (Chain, chain)):
        with pytest.raises(DrawloomError):
            engine.codec(hint).encode(value)


def test_importing_the_type_engine_loads_no_library():
    import subprocess
    import sys

    code = (
        "import sys, typeengine\n"
        "bad = {'google.protobuf', 'msgpack', 'pydantic', 'numpy', 'asyncio', 'pandas', 'attrs', 'typing_extensions'}\n"
        "print(sorted(bad & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(pathlib.Path(__file__).parents[2] / "src")},
    )
    assert done.stdout.strip() == "[]"


def test_a_list_or_map_of_a_narrower_type_is_checked_although_its_base_has_a_fast_way():
    narrow = typing.Literal["a", "b"]
    engine = Engine()
    for wide, narrowed, value in (
        (typing.List[str], typing.List[narrow], ["z"] * 20),
        (typing.Dict[str, str], typing.Dict[str, narrow], {"k": "z"}),
    ):
        with pytest.raises(TypeTransformerFailedError):
            engine.codec(narrowed).decode(engine.codec(wide).encode(value))
        with pytest.raises(TypeTransformerFailedError):
            engine.codec(narrowed).encode(value)


def test_two_enums_in_a_union_are_told_apart_across_dialects():
    class One(enum.Enum):
        RED = "red"
        BLUE = "blue"

    class Two(enum.IntEnum):
        RED = 1
        GREEN = 2

    v1, v2 = Engine(), Engine().clone(dialect="v2")
    hint = typing.List[typing.Union[int, One, Two]]
    for writer in (v1, v2):
        for reader in (v1, v2):
            found = reader.codec(hint).decode(writer.codec(hint).encode([One.RED, Two.RED, One.BLUE, 5]))
            assert list(map(type, found)) == [One, Two, One, int]


def test_an_iterable_of_another_library_is_no_reason_for_another_librarys_error():
    numpy = pytest.importorskip("numpy")
    codec = Engine().codec(typing.Iterable[int])
    assert codec.decode(codec.encode(numpy.array([1, 2]))) == [1, 2]
    assert codec.decode(codec.encode(numpy.array([], dtype=int))) == []


def test_an_enum_of_the_other_dialect_is_not_taken_for_text():
    class One(enum.Enum):
        A = "a"

    v1, v2 = Engine(), Engine().clone(dialect="v2")
    for hint, value in (
        (typing.Union[str, One], One.A),
        (typing.Union[str, One], "a"),
        (typing.Union[str, typing.Literal[1], One], One.A),
        (typing.Union[int, typing.Literal["c"], bytes], "c"),
    ):
        for writer in (v1, v2):
            for reader in (v1, v2):
                found = reader.codec(hint).decode(writer.codec(hint).encode(value))
                assert (type(found), found) == (type(value), value)


def test_an_empty_container_is_the_same_value_in_either_variant_of_its_class():
    v1, v2 = Engine(), Engine().clone(dialect="v2")
    texts = typing.Literal["a", "b"]
    for hint, value in (
        (typing.Union[typing.Dict[str, texts], typing.Dict[str, str]], {}),
        (typing.Union[typing.List[str], typing.List[texts]], []),
    ):
        for writer in (v1, v2):
            for reader in (v1, v2):
                assert reader.codec(hint).decode(writer.codec(hint).encode(value)) == value
