"""Names on the command line: inputs against options, misspelt ones, entities of packages; and the help that shows them."""

from __future__ import annotations

import enum
import re
import sys
import tarfile
from pathlib import Path

import pytest

from drawloom import task, workflow
from drawloom.cli import main
from drawloom.cli.codes import EXIT_CODES
from drawloom.cli.inputs.flags import ACTION, GRAPH, RUN_FLAGS, takes
from drawloom.cli.running.entity_command import COMMON
from drawloom.interpreter import load

ROOT = Path(__file__).resolve().parents[3]


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


@task
def paint(name: str, record: bool, help: str, plain: int = 3, color: Color = Color.RED) -> str:  # noqa: A002
    """Paint it."""
    return f"{name} {record} {help} {plain} {color.name}"


@workflow
def painted(name: str = "n") -> str:
    """Paint one thing.

    And say so.

    Args:
        name: what to paint
    """
    return paint(name=name, record=True, help="h")


def call(capsys, *arguments):
    with pytest.raises(SystemExit) as end:
        main([*map(str, arguments)])
    captured = capsys.readouterr()
    return end.value.code, captured.out, captured.err


SPELLINGS = [
    (["--", "--name", "a", "--record", "--help", "x"], "a True x 3 RED"),
    (["--plain", "4", "--", "--name=a", "--no-record", "--help=x"], "a False x 4 RED"),
    (["--input.name", "a", "--input.no-record", "--input.help", "x", "--input.plain=5"], "a False x 5 RED"),
    (["--record", "--input.name=a", "--", "--help", "--name"], "a True --name 3 RED"),
    (["--input.name=a", "--record=no", "--input.help=x", "--color", "BLUE"], "a False x 3 BLUE"),
]


@pytest.mark.parametrize(("arguments", "painted"), SPELLINGS)
def test_an_input_that_is_called_as_an_option_is_given_by_prefix_or_after_two_dashes(capsys, arguments, painted):
    code, out, err = call(capsys, "run", __file__, "paint", "--no-record", *arguments)
    assert (code, out) == (0, f"o0 = {painted}\n"), err


def test_the_options_of_the_run_stay_what_they_are(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("DRAWLOOM_HOME", str(tmp_path))
    code, out, err = call(capsys, "run", __file__, "painted", "--name", "first")
    assert (code, out) == (0, "o0 = n True h 3 RED\n"), err
    assert [each.name for each in (tmp_path / "runs").iterdir()] == ["first"]
    code, _, err = call(capsys, "run", __file__, "paint", "--no-record", "--name", "r")
    assert code == 2
    assert "missing inputs: --input.name, --record, --input.help" in err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["compil"], "did you mean 'compile'?"),
        (["runs", "shw"], "show"),
        (["run", __file__, "paintd"], "did you mean 'painted'?"),
        (["run", __file__, "paint", "--plan", "3"], "--plain"),
        (["run", __file__, "paint", "--durabilty", "none"], "--durability"),
    ],
)
def test_a_misspelt_name_is_answered_with_the_one_that_is_meant(capsys, arguments, told):
    code, _, err = call(capsys, *arguments)
    assert code == 2
    assert told in err


def test_help_is_the_authors_text_and_python(capsys):
    _, out, _ = call(capsys, "run", __file__, "painted", "--help")
    words = " ".join(out.split())
    assert "Paint one thing. And say so." in words
    assert "Inputs: --input.name str what to paint [default: 'n'] Options:" in words
    _, out, _ = call(capsys, "run", __file__, "paint", "--help")
    assert "--color Color (red|blue) [default: Color.RED]" in " ".join(out.split())


def test_short_help_has_what_is_common_and_acts_and_the_long_one_has_all(capsys):
    _, short, _ = call(capsys, "run", __file__, "painted", "--help")
    _, whole, _ = call(capsys, "run", __file__, "painted", "--help-all")
    for flag in RUN_FLAGS():
        said = re.compile(rf"{re.escape(flag.opts[0])}\b")
        assert said.search(whole), flag.opts
        assert bool(said.search(short)) is (flag.name in COMMON and takes(flag.name, GRAPH)), flag.opts
    assert all(takes(name, GRAPH) or takes(name, ACTION) for name in COMMON)


def test_the_entities_of_a_package_are_those_of_all_its_modules(capsys, tmp_path, monkeypatch):
    body = "from drawloom import task\n\n\n@task\ndef {}(n: int) -> int:\n    return n + {}\n"
    for name, text in {
        "__init__.py": "from winery.one import first\n",
        "one.py": body.format("first", 1),
        "below/__init__.py": "",
        "below/two.py": body.format("first", 2) + body.format("second", 3)[len("from drawloom import task\n") :],
    }.items():
        (tmp_path / "winery" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "winery" / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    target = tmp_path / "out.tgz"
    assert call(capsys, "compile", "winery", "-o", target)[0] == 0
    assert sorted(key.name for key in load(target).keys()) == [  # noqa: SIM118 - a program's own method
        "winery.below.two.first",
        "winery.below.two.second",
        "winery.one.first",
    ]
    again = target.read_bytes()
    assert call(capsys, "compile", "winery", "-o", target)[0::2] == (0, "")
    assert target.read_bytes() == again
    with tarfile.open(target) as archive:
        assert all(name.endswith("_1.pb") for name in archive.getnames())
    code, out, err = call(capsys, "run", "--no-record", target, "winery.below.two.first", "--n", 1)
    assert (code, out) == (0, "o0 = 3\n"), err
    code, out, err = call(capsys, "run", "--no-record", "winery", "below.two.first", "--n", 1)
    assert (code, out) == (0, "o0 = 3\n"), err


def test_the_table_of_exit_codes_is_the_documented_one():
    table = (ROOT / "docs" / "running.md").read_text(encoding="utf-8").split("| exit code |")[1].split("\n\n")[0]
    rows = re.findall(r"^\| (\d+) \| (.*) \|$", table, re.MULTILINE)
    assert {int(code): text for code, text in rows} == EXIT_CODES
