"""Every case of the benchmarks goes the fast way, both ways; and what the fast way cannot do is seen to go the general one.

The counter is Python's own profiling hook around one call: it costs nothing where nobody asks. It counts calls of the
functions that are the general paths: the walk over the parsed message, going element by element, a record's loop.
"""

import dataclasses
import datetime as dt
import sys
import typing

import pytest
from benchmarks.cases import cases

from typeengine import Engine
from typeengine.wire.literal_bytes import with_hash

ENGINE = Engine()
GENERAL = {
    ("codec", "plain_decode.<locals>.decode"),
    ("codec", "convert_all"),
    ("containers", "_str_map.<locals>.each"),
    ("records", "_Record._written"),
    ("records", "_Record._read"),
    ("records", "_Record._other_to_plain"),
    ("unions", "_Union._decode"),
    ("unions", "_Union.index"),
    ("pydantic_models", "tree_of"),
    ("times", "_parts"),
    ("scalars", "to_int"),
    ("scalars", "to_float"),
    ("scalars", "to_str"),
}
NAMES = {name.rpartition(".")[2] for _, name in GENERAL}
CASES = [case for case in cases(20_261) if not case.large]


def general_calls(function, argument):
    """How often a general path was entered during `function(argument)`."""
    found = []

    def note(frame, event, _):
        code = frame.f_code
        if event == "call" and code.co_name in NAMES:
            qualified = getattr(code, "co_qualname", None)
            module = frame.f_globals["__name__"].rpartition(".")[2]
            if (module, qualified) in GENERAL or (
                qualified is None and any(module == m and q.rpartition(".")[2] == code.co_name for m, q in GENERAL)
            ):
                found.append((module, code.co_name))

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        function(argument)
    finally:
        sys.setprofile(before)
    return found


def parts(case):
    """(codec, value) of a case; an interface has one for each of its inputs."""
    if isinstance(case.type, dict):
        return [(ENGINE.codec(hint), case.value[name]) for name, hint in case.type.items()]
    return [(ENGINE.codec(case.type), case.value)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_of_the_benchmarks_is_written_and_read_without_a_general_path(case):
    for codec, value in parts(case):
        data = codec.encode(value)  # what is made when the first value comes is no part of the path
        assert codec.decode(data) == value
        assert general_calls(codec.encode, value) == []
        assert general_calls(codec.decode, data) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_hash_on_the_literal_of_a_case_is_read_by_a_general_path(case):
    for codec, value in parts(case):
        data = with_hash(codec.encode(value), "h")
        assert codec.decode(data) == value
        assert general_calls(codec.decode, data) != []


class Int(int):
    """An int that is not exactly an int."""


class Text(str):
    """A text that is not exactly a text."""

    __slots__ = ()


@dataclasses.dataclass
class Named:
    name: str
    sizes: typing.List[int]


AWKWARD = [
    (int, Int(5), 5),
    (str, Text("a"), "a"),
    (float, 3, 3.0),
    (typing.List[int], [1, Int(2)], [1, 2]),
    (typing.List[float], [1.5, 2], [1.5, 2.0]),
    (typing.List[str], ["a", Text("b")], ["a", "b"]),
    (typing.List[typing.List[int]], [[1], [Int(2)]], [[1], [2]]),
    (typing.Dict[str, int], {"a": Int(2)}, {"a": 2}),
    (typing.Dict[str, typing.List[str]], {"a": [Text("b")]}, {"a": ["b"]}),
    (typing.Optional[int], Int(2), 2),
    (dt.datetime, dt.datetime(2020, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=1))), None),
    (Named, Named(Text("a"), [1]), Named("a", [1])),
    (Named, Named("a", [1, Int(2)]), Named("a", [1, 2])),
    (typing.List[Named], [Named("a", [1]), Named("b", [Int(1)])], [Named("a", [1]), Named("b", [1])]),
]


@pytest.mark.parametrize(("hint", "value", "plain"), AWKWARD, ids=lambda x: repr(x)[:40])
def test_a_value_of_another_class_is_written_by_a_general_path_and_is_the_same_literal(hint, value, plain):
    codec = ENGINE.codec(hint)
    data = codec.encode(value)
    assert plain is None or codec.encode(plain) == data
    assert general_calls(codec.encode, value) != []
