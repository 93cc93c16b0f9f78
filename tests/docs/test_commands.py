"""The tables of commands for those who come from elsewhere: each row runs, or at least its options are there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from contextlib import ExitStack

import click
import pytest

from docs._blocks import DOCS, Terminal, terminal
from drawloom.cli import app
from drawloom.flytekit.clis.sdk_in_container import pyflyte

WORKFLOW = """
from drawloom import task, workflow

@task
def double(n: int) -> int:
    return 2 * n

@workflow
def main(n: int = 1) -> int:
    return double(n=n)
"""
ENVIRONMENT = """
import drawloom

env = drawloom.TaskEnvironment(name="rows")

@env.task
def main(n: int = 1) -> int:
    return 2 * n
"""
WORDS = {
    "FILE": "flow.py", "WF": "main", "TASK": "main", "INPUTS": "inputs.json", "PREFIX": "data", "OUT.tgz": "out.tgz",
    "FOLDER": "folder", "RUN": "earlier", "NAME": "other", "PLACE": "place",
}  # fmt: skip
ELSEWHERE = ("--remote", "register", "ui", "signal", "resume", "rm")
"""What needs a platform, a browser, or a run that has failed or waits; other tests run those commands."""


def rows(page: str, head: str) -> list[tuple[str, str]]:
    text = (DOCS / page).read_text(encoding="utf-8")
    table = text.split(f"| {head} | here |\n|---|---|\n")[1].split("\n\n")[0]
    return [(cells[1].strip(), cells[2].strip()) for cells in (line.split("|") for line in table.splitlines())]


ROWS = [*(("migrating.md", *row) for row in rows("migrating.md", "`pyflyte`")), *(("flyte2.md", *row) for row in rows("flyte2.md", "`flyte`"))]  # fmt: skip
COMMANDS = [(page, line) for page, _, ours in ROWS for line in re.findall(r"`(drawloom [^`]+)`", ours)]


@pytest.fixture(scope="module")
def terminals(tmp_path_factory) -> Iterator[dict[str, Terminal]]:
    """For each page a terminal in a folder with the program that its rows are about, and a run of it."""
    with ExitStack() as opened:
        made = {}
        for page, program in (("migrating.md", WORKFLOW), ("flyte2.md", ENVIRONMENT)):
            folder = tmp_path_factory.mktemp("rows")
            (folder / "flow.py").write_text(program)
            (folder / "inputs.json").write_text('{"n": 5}')
            made[page] = opened.enter_context(terminal(folder))
            code, said = made[page].run("drawloom run flow.py main --name earlier")
            assert code == 0, said
        yield made


@pytest.mark.parametrize(("page", "line"), COMMANDS, ids=lambda value: value.replace(" ", "_"))
def test_what_takes_a_commands_place_runs(page, line, terminals):
    if set(ELSEWHERE) & set(shlex.split(line)):
        is_there(line)
        return
    filled = " ".join(WORDS.get(word, word) for word in shlex.split(line))
    code, said = terminals[page].run(filled)
    assert code == 0, f"{filled}\n{said}"


def is_there(line: str) -> None:
    """The command has the options that the line gives."""
    command: click.Command = app
    words = shlex.split(line)[1:]
    # `run` has a command for each entity of a file, so what follows it is not looked up.
    while words and isinstance(command, click.Group) and command.name != "run":
        found = command.get_command(click.Context(command), words[0])
        assert found is not None, line
        command, words = found, words[1:]
    known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    assert command is not app
    assert {word for word in words if word.startswith("-")} <= known | {"--remote"}


def test_every_command_of_pyflyte_has_a_row():
    named = set()
    for theirs, _ in rows("migrating.md", "`pyflyte`"):
        named |= {word for word in re.findall(r"[a-z-]+", theirs) if not word.startswith("-")}
    assert set(pyflyte.main.commands) <= named
