"""`types`, `init`, `doctor`, `completion`: as a user calls them."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from drawloom.cli import main
from drawloom.cli.inputs.typed_text import literal_of_texts
from drawloom.cli.looking.types import hint_of_text
from typeengine import default_engine


def call(capsys, *arguments):
    with pytest.raises(SystemExit) as end:
        main([*map(str, arguments)])
    captured = capsys.readouterr()
    return end.value.code, captured.out, captured.err


def python(folder, *arguments, **variables):
    environment = {
        **os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "DRAWLOOM_HOME": str(folder / "home"), **variables,
    }  # fmt: skip
    return subprocess.run(
        [sys.executable, *map(str, arguments)], capture_output=True, text=True, check=False, cwd=folder, env=environment
    )


HINTS = [
    "int", "float", "str", "bool", "bytes", "datetime", "datetime.date", "timedelta", "list[int]", "dict[str, list[float]]",
    "int | None", "Optional[str]", "Union[int, str]", "Literal['a', 'b']", "tuple[int, str]", "FlyteFile", "Path", "set[int]",
    "typing.List[typing.Dict[str, int]]", "decimal.Decimal", "uuid.UUID",
]  # fmt: skip


@pytest.mark.parametrize("hint", HINTS)
def test_the_example_of_a_type_is_a_value_of_it(capsys, hint):
    code, out, err = call(capsys, "types", hint, "--json")
    assert code == 0, err
    codec = default_engine().codec(hint_of_text(hint))
    document = json.loads(out)
    assert document["form"] == str(codec.form)
    if hint != "FlyteFile":  # the example of a file is a path, and nothing is there
        codec.decode(literal_of_texts([document["example"]], codec.literal_type, codec, "x"))
    code, out, _ = call(capsys, "types", hint)
    assert document["literal"] in out


def test_a_class_of_the_users_is_found_by_its_module(capsys, tmp_path, monkeypatch):
    (tmp_path / "shop.py").write_text(
        "from dataclasses import dataclass\n\n@dataclass\nclass Order:\n    n: int\n    tags: list[str]\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    code, out, _ = call(capsys, "types", "list[shop.Order]")
    assert code == 0
    example = next(line for line in out.splitlines() if line.startswith("example"))
    assert json.loads(example.removeprefix("example")) == [{"n": 1, "tags": ["text"]}]


@pytest.mark.parametrize("hint", ["foo", "int(", "open('x')", "shop.Nothing", "int[str]", "a b"])
def test_what_is_no_type_is_refused_and_nothing_is_called(capsys, hint):
    code, out, err = call(capsys, "types", hint)
    assert (code, out) == (2, "")
    assert err.startswith("error: ")


def test_a_new_project_passes_its_own_tests_and_its_commands_work(tmp_path):
    assert python(tmp_path, "-m", "drawloom", "init", "first-steps").returncode == 0
    project = tmp_path / "first-steps"
    done = python(project, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert "2 passed" in done.stdout, done.stdout
    lines = [line.strip() for line in (project / "README.md").read_text().splitlines() if line.startswith("    ")]
    for line in lines[:3]:
        done = python(project, "-m", *line.split())
        assert done.returncode == 0, f"{line}\n{done.stderr}"
    again = python(tmp_path, "-m", "drawloom", "init", "first-steps")
    assert again.returncode == 2
    assert "exists already" in again.stderr
    wrong = python(tmp_path, "-m", "drawloom", "init", "1st")
    assert wrong.returncode == 2
    assert "not a valid name" in wrong.stderr


def test_the_doctor_says_what_is_wrong_and_what_to_do(tmp_path):
    done = python(tmp_path, "-m", "drawloom", "doctor", "--json")
    assert done.returncode == 0, done.stderr
    assert {check["name"] for check in json.loads(done.stdout)["checks"]} > {
        "drawloom",
        "python",
        "home",
        "cache",
        "runs",
    }
    (tmp_path / "file").write_text("")
    done = python(tmp_path, "-m", "drawloom", "doctor", DRAWLOOM_HOME=str(tmp_path / "file"))
    assert done.returncode == 1
    assert "to fix: set DRAWLOOM_HOME" in done.stdout


PROGRAM = """
import enum
from typing import Literal
from drawloom import FlyteFile, task, workflow

class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"

@task
def paint(color: Color, how: Literal["thick", "thin"], file: FlyteFile, dry: bool = False) -> int:
    return 1
"""
TYPED = [
    (["comp"], {"compile", "completion"}),
    (["runs", "sh"], {"show"}),
    (["compile", "pro"], {"file"}),
    (["run", "pro"], {"file"}),
    (["run", "prog.py", ""], {"paint"}),
    (["run", "prog.py", "paint", "--co"], {"--color"}),
    (["run", "prog.py", "paint", "--color", ""], {"red", "blue"}),
    (["run", "prog.py", "paint", "--how", "thi"], {"thick", "thin"}),
    (["run", "prog.py", "paint", "--file", "x"], {"file"}),
    (["run", "prog.py", "paint", "--durability", "f"], {"fsync"}),
    (["resume", "fir"], {"first"}),
    (["runs", "show", "fir"], {"first"}),
    (["explain", "E101"], {"E101"}),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("completion")
    (made / "prog.py").write_text(PROGRAM)
    (made / "x.txt").write_text("")
    arguments = ("run", "--name", "first", "prog.py", "paint", "--color", "red", "--how", "thin", "--file", "x.txt")
    done = python(made, "-m", "drawloom", *arguments)
    assert done.returncode == 0, done.stderr
    return made


@pytest.mark.parametrize(("words", "offered"), TYPED, ids=[" ".join(row[0]) for row in TYPED])
def test_a_shell_is_offered_what_comes_next(folder, words, offered):
    entry = "import sys; sys.argv[0] = 'drawloom'; from drawloom.cli import main; main()"
    done = python(
        folder, "-c", entry, _DRAWLOOM_COMPLETE="bash_complete", COMP_WORDS=" ".join(["drawloom", *words]), COMP_CWORD=str(len(words))
    )  # fmt: skip
    lines = [line.split(",") for line in done.stdout.splitlines()]
    found = {"file" if kind == "file" else value for kind, value in lines}
    assert {each for each in found if not each.startswith("--input.")} == offered, done.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell_asks_drawloom(capsys, shell):
    code, out, _ = call(capsys, "completion", shell)
    assert code == 0
    assert f"_DRAWLOOM_COMPLETE={shell}_complete" in out


def test_bash_takes_the_script(tmp_path):
    script = python(tmp_path, "-m", "drawloom", "completion", "bash").stdout
    done = subprocess.run(
        ["bash", "-c", f"{script}\ncomplete -p drawloom"], capture_output=True, text=True, check=False
    )
    assert "drawloom" in done.stdout, done.stderr
