"""Inputs as people type them: each by the hint of the live entity, what does not fit refused before anything runs."""

from __future__ import annotations

import base64
import datetime as dt
import enum
import io
import sys
from dataclasses import dataclass
from typing import Literal, NamedTuple

import pandas as pd
import pytest
from pydantic import BaseModel, TypeAdapter

from compiler import compile_bundle
from drawloom import FlyteDirectory, FlyteFile, StructuredDataset, task
from drawloom.cli import main
from drawloom.cli.inputs.options import Input
from drawloom.cli.inputs.typed_text import literal_of_texts
from literals import DrawloomError
from typeengine import default_engine


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Named(NamedTuple):
    a: int
    b: str


class Spaced(NamedTuple):
    a: int
    b: str = "z"


@dataclass
class Record:
    x: int
    c: Color = Color.RED
    t: tuple[int, str] | None = None


@dataclass
class Rated:
    level: Level


class Model(BaseModel):
    x: int


TODAY = dt.datetime.combine(dt.date.today(), dt.time(), dt.timezone.utc)

SPANS = [
    dt.timedelta(days=400, hours=2, minutes=3, microseconds=4),
    dt.timedelta(days=1),
    dt.timedelta(seconds=5),
    dt.timedelta(days=1000),
]

TAKEN = [
    (Literal["u", 3], ["u"], "u"),
    (Literal["u", 3], ["3"], 3),
    (Color, ["red"], Color.RED),
    (Color, ["BLUE"], Color.BLUE),
    (Color | None, ["BLUE"], Color.BLUE),
    (Level, ["HIGH"], Level.HIGH),
    (Level, ["2"], Level.HIGH),
    (Level | None, ["HIGH"], Level.HIGH),
    (Level | None, ["null"], None),
    (list[Level], ["LOW", "2"], [Level.LOW, Level.HIGH]),
    (dict[str, Level], ['{"k": "HIGH"}'], {"k": Level.HIGH}),
    (Rated, ['{"level": "HIGH"}'], Rated(Level.HIGH)),
    (list[Color], ["RED", "blue"], [Color.RED, Color.BLUE]),
    (list[Color], ['["blue"]'], [Color.BLUE]),
    (tuple[int, str], ['[2, "y"]'], (2, "y")),
    (list[tuple[int, str]], ['[[1, "a"]]'], [(1, "a")]),
    (Named, ['[2, "y"]'], Named(2, "y")),
    (Named, ['{"a": 2, "b": "y"}'], Named(2, "y")),
    (Spaced, ['{"a": 2}'], Spaced(2)),
    (list[Spaced], ['[{"a": 2}, {"b": "y", "a": 3}]'], [Spaced(2), Spaced(3, "y")]),
    (bytes, ["text é"], "text é".encode()),
    (bytes, ["base64:aGk="], b"hi"),
    (bytes | None, ["base64:aGk="], b"hi"),
    (bytes | None, ["null"], None),
    (dict[str, bytes], ['{"k": "aGk="}'], {"k": b"hi"}),
    (dt.datetime, ["2026-11-30"], dt.datetime(2026, 11, 30, tzinfo=dt.timezone.utc)),
    (dt.datetime, ["today"], TODAY),
    (dt.datetime, ["Today + 10d"], TODAY + dt.timedelta(days=10)),
    (dt.datetime, ["yesterday-1h30m"], TODAY - dt.timedelta(days=1, hours=1, minutes=30)),
    (dt.date, ["tomorrow"], dt.date.today() + dt.timedelta(days=1)),
    (dt.date | None, ["today"], dt.date.today()),
    (dt.timedelta, ["1h30m"], dt.timedelta(minutes=90)),
    (dt.timedelta, ["90"], dt.timedelta(seconds=90)),
    (dt.timedelta, ["PT1H"], dt.timedelta(hours=1)),
    (dt.timedelta, ["1 day"], dt.timedelta(days=1)),
    (dt.timedelta, ["2 hours, 30 mins"], dt.timedelta(hours=2, minutes=30)),
    (dt.timedelta, ["1w 2d"], dt.timedelta(days=9)),
    (dt.timedelta, ["01:30:00"], dt.timedelta(minutes=90)),
    (dt.timedelta, ["1:24"], dt.timedelta(minutes=1, seconds=24)),
    *((dt.timedelta, [str(one)], one) for one in SPANS),
    *((dt.timedelta, [TypeAdapter(dt.timedelta).dump_python(one, mode="json")], one) for one in SPANS),
    (float, ["inf"], float("inf")),
    (float, ["-Inf"], float("-inf")),
    (float, ["1e3"], 1000.0),
    (float | None, ["inf"], float("inf")),
    (bool, ["Yes"], True),
    (bool | None, ["off"], False),
    (str, ['"x"'], '"x"'),
    (str | None, ['"x"'], '"x"'),
    (str | None, ["null"], None),
    (str, ["null"], "null"),
    (str, ["@x"], "@x"),
    (int | None, ["null"], None),
    (int | str, ["5"], 5),
    (int | str, ["a"], "a"),
    (list[int], ["1", "2"], [1, 2]),
    (list[int], ["1"], [1]),
    (list[int], ["[1, 2]"], [1, 2]),
    (list[str], ["a b", "c"], ["a b", "c"]),
    (list[list[int]], ["[1]", "[2, 3]"], [[1], [2, 3]]),
    (list[int] | None, ["1", "2"], [1, 2]),
    (set[int], ["1", "2"], {1, 2}),
    (dict[str, list[int]], ['{"a": [1]}'], {"a": [1]}),
    (dict[str, int], ["a: 1"], {"a": 1}),
    (Record, ['{"x": 2, "c": "blue", "t": [1, "a"]}'], Record(2, Color.BLUE, (1, "a"))),
    (Model, ["x: 5"], Model(x=5)),
]


@pytest.mark.parametrize(("hint", "texts", "value"), TAKEN, ids=[f"{hint}-{texts}" for hint, texts, _ in TAKEN])
def test_what_a_person_types_is_the_value(hint, texts, value):
    codec = default_engine().codec(hint)
    found = codec.decode(literal_of_texts(texts, codec.literal_type, codec, "x"))
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize("word", ["red", "RED"])
@pytest.mark.parametrize("dialect", ["v1", "v2"])
def test_either_word_of_an_enum_is_taken_in_either_dialect(word, dialect):
    codec = default_engine().clone(dialect=dialect).codec(Color)
    assert codec.decode(literal_of_texts([word], codec.literal_type, codec, "x")) is Color.RED


REFUSED = [
    (Literal["u", 3], ["w"], "x", "Literal"),
    (Color, ["purple"], "x", 'one of "red", "blue"'),
    (Level, ["3"], "x", 'one of "LOW", "HIGH"'),
    (dt.timedelta, ["1 dayish"], "x", "a duration"),
    (dt.timedelta, ["1:2:3:4"], "x", "a duration"),
    (Spaced, ['{"b": "y"}'], "x", "Spaced"),
    (float, ["much"], "x", "a number"),
    (int, ["1.5"], "x", "an integer"),
    (int | None, ["one"], "x", "an integer"),
    (dt.datetime, ["someday"], "x", "date and time"),
    (dt.datetime, ["today + much"], "x", "date and time"),
    (bool, ["maybe"], "x", "true or false"),
    (list[int], ["1", "b"], "x[1]", "an integer"),
    (int, ["1", "2"], "x", ""),
    (dict[str, list[int]], ['{"a": [1, "b"]}'], 'x["a"][1]', "an integer"),
    (Model, ['{"x": "q"}'], "x.x", "an integer"),
    (Model | None, ['{"x": "q"}'], "x.x", "an integer"),
    (Model | int, ['{"x": "q"}'], "x.x", "an integer"),
    (bytes, ["base64:?"], "x", ""),
    (bytes, ["@/no/such/file"], "x", ""),
    (dict[str, int], ["{"], "x", "JSON or YAML"),
    (list[int], ["null"], "x", ""),
]


@pytest.mark.parametrize(("hint", "texts", "where", "expected"), REFUSED)
def test_what_does_not_fit_is_refused_by_its_place(hint, texts, where, expected):
    codec = default_engine().codec(hint)
    with pytest.raises(DrawloomError) as caught:
        literal_of_texts(texts, codec.literal_type, codec, "x")
    assert caught.value.where == where
    assert expected in caught.value.expected


MISTAKES = [
    (int, "four", "x: 'four' is not an integer", "write digits, such as 4"),
    (int, "@four", "x: '@four' is not an integer", "write digits, such as 4"),
    (int, "true", "x: True is not an integer", "write digits, such as 4"),
    (float, "1,5", "x: '1,5' is not a number", "write digits, such as 0.5"),
    (bool, "maybe", "x: 'maybe' is not true or false", "write true or false"),
    (dt.date, "tuesday", "x: 'tuesday' is not an ISO 8601 date and time", "write it as 2026-11-30"),
    (dt.datetime, "2026-13-01", "x: '2026-13-01' is not an ISO 8601 date and time", "write it as 2026-11-30"),
    (dt.timedelta, "long", "x: 'long' is not a duration", "write it as 1h30m"),
    (Color, "green", 'x: \'green\' is not one of "red", "blue"', "write one of these"),
    (Literal["a", "b"], "z", "x: 'z' is not a value of the input's type", "write one of these"),
    (Literal[1, 2], "z", "x: 'z' is not one of 1, 2", "write one of these"),
    (int | None, "four", "x: 'four' is not an integer", "write digits, such as 4"),
    (int | float, "four", "x: 'four' is not an integer or a number", "write JSON of that form"),
    (list[int], "two", "x[0]: 'two' is not an integer", "write digits, such as 4"),
    (list[int], "1,2", "x[0]: '1,2' is not an integer", "write digits, such as 4"),
    (list[int], "[1", "x: this is not JSON", "mend it at that place"),
    (dict[str, int], "two", "x: 'two' is not a JSON object", "write a JSON object, such as"),
    (dict[str, int], "[1]", "x: [1] is not a JSON object", "write a JSON object, such as"),
    (dict[str, int], '{"a": "b"}', "x[\"a\"]: 'b' is not an integer", "write digits, such as 4"),
    (tuple[int, str], "two", "x: 'two' is not a value of the input's type", "write a value of that type"),
    (tuple[int, str], "[1]", "x: [1] is not a value of the input's type", "write a value of that type"),
    (tuple[int, str], '["a", "b"]', "x[0]: 'a' is not a value of the input's type", "write a value of that type"),
    (Record, "3", "x: 3 is not a JSON object", "write a JSON object, such as"),
    (Record, "{}", "x: required keys are missing: x", "write the keys that the type has"),
    (Record, '{"x": "q"}', "x.x: 'q' is not an integer", "write digits, such as 4"),
    (list[Record], '[{"x": 1}, {"x": "q"}]', "x[1].x: 'q' is not an integer", "write digits, such as 4"),
    (FlyteFile, '{"pth": 1}', "x: {'pth': 1} is not an address, or an object with a uri", "write its path or address"),
    (FlyteDirectory, "{}", "x: {} is not an address, or an object with a uri", "write its path or address"),
    (StructuredDataset, "{}", "x: {} is not an address, or an object with a uri", "write its path or address"),
    (bytes, "base64:%%", "x: this is not base64", "give text that base64 wrote, or @file"),
]


@pytest.mark.parametrize(("hint", "text", "first", "fix"), MISTAKES)
def test_a_mistake_of_each_type_is_said_in_words(hint, text, first, fix):
    codec = default_engine().codec(hint)
    with pytest.raises(DrawloomError) as caught:
        literal_of_texts([text], codec.literal_type, codec, "x")
    assert str(caught.value).splitlines()[0].startswith(first)
    assert caught.value.fix.startswith(fix)
    assert caught.value.expected
    assert caught.value.got in str(caught.value)


@pytest.mark.parametrize("hint", [FlyteFile | None, int | None])
def test_a_default_of_none_is_shown_as_python_writes_it(hint):
    codec = default_engine().codec(hint)
    for known in (codec, None):
        assert Input("x", codec.literal_type, default=codec.encode(None), codec=known).default_text == "None"


def test_files_are_read_where_a_value_has_parts_or_is_bytes(tmp_path):
    for name, text in {"a.json": '{"k": 1}', "a.yaml": "k: 1", "a.txt": '{"k": 1}'}.items():
        (tmp_path / name).write_text(text)
        codec = default_engine().codec(dict[str, int])
        assert codec.decode(literal_of_texts([f"@{tmp_path / name}"], codec.literal_type, codec, "x")) == {"k": 1}
    codec = default_engine().codec(bytes)
    assert codec.decode(literal_of_texts([f"@{tmp_path / 'a.yaml'}"], codec.literal_type, codec, "x")) == b"k: 1"


@task
def show(color: Color = Color.RED, xs: list[int] = [1], pick: Literal["a", "b"] = "a", raw: bytes = b"") -> str:  # noqa: B006
    """Show what was given.

    Args:
        xs: numbers to show
    """
    return repr((color, xs, pick, raw))


def call(capsys, *arguments):
    with pytest.raises(SystemExit) as end:
        main(["run", *map(str, arguments)])
    captured = capsys.readouterr()
    return end.value.code, captured.out, captured.err


def test_the_command_reads_them_and_its_help_is_python(capsys, tmp_path):
    code, out, _ = call(capsys, "--no-record", __file__, "show", "--color", "BLUE", "--xs", 3, "--xs", 4, "--raw", "hi")
    assert (code, out) == (0, "o0 = (<Color.BLUE: 'blue'>, [3, 4], 'a', b'hi')\n")
    code, out, _ = call(capsys, __file__, "show", "--help")
    words = " ".join(out.split())
    assert "Show what was given." in words
    assert "list[int]" in words
    assert "numbers to show [default: [1]]" in words
    assert "Literal['a', 'b']" in words
    code, _, err = call(capsys, "--no-record", __file__, "show", "--pick", "c")
    assert code == 2
    assert "--pick: " in err
    assert "Literal['a', 'b']" in err


@pytest.mark.parametrize("content", ['{"xs": [5], "color": "red"}', "xs: [5]\ncolor: red\n"])
def test_inputs_come_from_a_file_or_standard_input_as_json_or_yaml(capsys, tmp_path, monkeypatch, content):
    (tmp_path / "inputs.yaml").write_text(content)
    expected = "o0 = (<Color.RED: 'red'>, [5], 'a', b'')\n"
    given = ("--no-record", __file__, "show", "--inputs-file")
    assert call(capsys, *given, tmp_path / "inputs.yaml")[:2] == (0, expected)
    monkeypatch.setattr(sys, "stdin", io.StringIO(content))
    assert call(capsys, *given, "-")[:2] == (0, expected)


def test_a_compiled_file_takes_what_its_literal_types_say(capsys, tmp_path):
    (tmp_path / "show.pb").write_bytes(compile_bundle([show]).data)
    given = ("--no-record", tmp_path / "show.pb", show.name)
    raw = base64.b64encode(b"hi").decode()
    code, out, _ = call(
        capsys, *given, "--color", "blue", "--xs", 3, "--xs", 4, "--pick", "b", "--raw", f"base64:{raw}"
    )
    assert (code, out) == (0, "o0 = (<Color.BLUE: 'blue'>, [3, 4], 'b', b'hi')\n")


@pytest.mark.parametrize("hint", [pd.DataFrame, StructuredDataset, pd.DataFrame | None])
@pytest.mark.parametrize("form", ["parquet", "csv", "arrow"])
def test_the_end_of_a_path_says_the_format_of_a_frame(hint, form, tmp_path):
    path, frame = tmp_path / f"frame.{form}", pd.DataFrame({"x": [1, 2]})
    {"parquet": frame.to_parquet, "csv": lambda to: frame.to_csv(to, index=False), "arrow": frame.to_feather}[form](
        path
    )
    codec = default_engine().codec(hint)
    found = codec.decode(literal_of_texts([str(path)], codec.literal_type, codec, "x"))
    found = found.open(pd.DataFrame).all() if isinstance(found, StructuredDataset) else found
    assert found.equals(frame)
