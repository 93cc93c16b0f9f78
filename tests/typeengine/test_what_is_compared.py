"""What a hint is taken for does not depend on the spelling, the order of a union, or what somebody asked about before."""

import typing

import pytest
from google.protobuf.json_format import MessageToDict

from literals import DrawloomError
from typeengine import JSON, Engine, FlyteFile, TypeEngine, TypeTransformerFailedError, UnsupportedTypeError
from typeengine.testing import check_transformer

ENGINE = Engine()


def test_an_iterator_of_json_is_one_in_any_order_of_the_union():
    *others, last = typing.get_args(JSON)
    turned = typing.Union[(last, *others)]
    assert typing.get_args(turned)[0] is last
    codecs = [Engine().codec(typing.Iterator[union]) for union in (JSON, turned)]
    kinds = [MessageToDict(codec.literal_type) for codec in codecs]
    assert kinds[0] == kinds[1]
    assert kinds[0]["blob"]["format"] == "jsonl"


class Left:
    pass


class Right:
    pass


def test_a_registration_for_a_union_is_found_in_any_order():
    engine = Engine()
    engine.register_via(typing.Union[Left, Right], str, encode=lambda value: type(value).__name__, decode=str)
    for hint in (typing.Union[Left, Right], typing.Union[Right, Left]):
        assert engine.codec(hint).decode(engine.codec(hint).encode(Right())) == "Right"


@pytest.mark.parametrize(
    "hint",
    [
        typing.Dict[typing.List[int], int],
        typing.Dict[typing.Dict[str, int], int],
        typing.Dict[typing.Union[typing.List[int], typing.Set[int]], int],
        typing.Dict[typing.Tuple[int, typing.List[int]], int],
        typing.Set[typing.List[int]],
        typing.FrozenSet[typing.Dict[str, int]],
        typing.List[typing.Dict[typing.List[int], int]],
    ],
    ids=str,
)
def test_a_type_without_values_is_refused_when_it_is_declared(hint):
    with pytest.raises(UnsupportedTypeError, match="has no hash"):
        ENGINE.codec(hint)


@pytest.mark.parametrize(
    ("hint", "value"),
    [
        (typing.Dict[typing.Tuple[int, str], int], {(1, "a"): 2}),
        (typing.Dict[typing.Union[int, typing.FrozenSet[int]], int], {frozenset({1}): 2}),
        (typing.Set[typing.Tuple[int, ...]], {(1,), ()}),
    ],
    ids=str,
)
def test_a_type_with_some_hashable_values_is_taken(hint, value):
    assert ENGINE.codec(hint).decode(ENGINE.codec(hint).encode(value)) == value


def test_a_transformer_answers_for_the_type_that_it_is_asked_about():
    lists = TypeEngine.get_transformer(typing.List[str])
    assert lists.get_literal_type(typing.List[int]) == TypeEngine.to_literal_type(typing.List[int])
    assert lists.get_literal_type() == TypeEngine.to_literal_type(typing.List[str])
    literal = lists.to_literal(None, [1], typing.List[int], None)
    assert literal == TypeEngine.to_literal(None, [1], typing.List[int], None)
    assert lists.to_python_value(None, literal, typing.List[int]) == [1]
    lists.assert_type(typing.List[int], [1])
    with pytest.raises(TypeTransformerFailedError):
        lists.assert_type(typing.List[int], ["a"])


class Reading:
    def __init__(self, value: float, rest: typing.Optional[typing.List[float]] = None):
        self.value = value
        self.rest = rest

    def __eq__(self, other):
        return isinstance(other, Reading) and (self.value, self.rest) == (other.value, other.rest)

    def __hash__(self):
        return hash(self.value)


def test_a_transformer_that_keeps_nan_keeps_the_laws():
    engine = Engine()
    engine.register_via(
        Reading,
        typing.List[float],
        encode=lambda reading: [reading.value, *(reading.rest or ())],
        decode=lambda kept: Reading(kept[0], kept[1:] or None),
    )
    nan = float("nan")
    check_transformer(engine, Reading, [Reading(nan), Reading(1.0, [float("nan"), 2.0])])
    check_transformer(engine, typing.List[Reading], [[Reading(nan)]])


def test_a_transformer_that_loses_nan_breaks_them():
    engine = Engine()
    engine.register_via(Reading, float, encode=lambda reading: reading.value or 0.0, decode=lambda _: Reading(0.0))
    with pytest.raises(DrawloomError):
        check_transformer(engine, Reading, [Reading(float("nan"))])


@pytest.mark.parametrize("kind", ["jpeg", "png", "pdf"])
def test_a_text_file_is_no_picture(kind, tmp_path):
    codec, file = ENGINE.codec(FlyteFile[kind]), tmp_path / "f"
    file.write_text("only text,\tbut\r\nall of it~!\n")
    for value in (str(file), FlyteFile(str(file))):
        with pytest.raises(DrawloomError, match=f"is not a {kind} file"):
            codec.encode(value)
    start = {"jpeg": b"\xff\xd8\xff\xe0", "png": b"\x89PNG\r\n\x1a\n", "pdf": b"%PDF-1.7\n"}[kind]
    file.write_bytes(start + b"rest")
    codec.encode(FlyteFile(str(file)))
