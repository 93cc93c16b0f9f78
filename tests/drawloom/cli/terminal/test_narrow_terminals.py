"""What people read at a terminal is broken between words, at whatever width; what goes to a pipe is not broken at all."""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess
import sys

import pytest
from rich.console import Console

from drawloom.cli import COMMANDS, main
from drawloom.cli.explanations import explanations
from drawloom.cli.terminal.output import Output, counted
from literals import DrawloomError

WIDTHS = (60, 80, 132)
PROSE = "the shape of a workflow is wrong: nodes wait for each other, and nobody has said which of them is to begin"
NARROW = pytest.mark.parametrize("width", WIDTHS)


def written(width, say, *, terminal=True):
    """What an output that is so wide is told."""
    output = Output()
    output.out = output.err = Console(file=io.StringIO(), width=width, force_terminal=terminal, no_color=True, soft_wrap=True)  # fmt: skip
    say(output)
    return re.sub(r"\x1b\[[0-9;]*m", "", output.out.file.getvalue())


TOLD = {
    "line": lambda output: output.line(f"  {PROSE}"),
    "note": lambda output: output.note(PROSE),
    "error": lambda output: output.error(
        DrawloomError(PROSE, where="first.main", expected=PROSE, got=PROSE, fix=PROSE)
    ),
}


@NARROW
@pytest.mark.parametrize("kind", TOLD)
def test_lines_end_between_words(kind, width):
    told = written(width, TOLD[kind])
    assert max(map(len, told.splitlines())) <= width
    assert PROSE in " ".join(told.split())
    assert (len(told.splitlines()) > 1) == (width < len(PROSE) or kind == "error")


@pytest.mark.parametrize("kind", TOLD)
def test_a_pipe_gets_whole_lines(kind):
    assert PROSE in written(60, TOLD[kind], terminal=False)


def test_a_word_that_is_too_long_stays_whole():
    address = "s3://bucket/" + "x" * 90
    assert address in written(60, lambda output: output.line(f"not readable: {address}"))


def test_lines_of_a_program_are_not_broken():
    told = written(60, lambda output: output.error(DrawloomError("wrong", fix=f"mend it\n  at program.py:3\n    x = {'1 + ' * 30}1")))  # fmt: skip
    assert f"    x = {'1 + ' * 30}1\n" in told


ROWS = [["main-20261201-120000-0123abcd", "SUCCEEDED", "package.module.workflow", "2026-12-01 12:00:00", "3"]]


@NARROW
def test_a_table_leaves_out_what_has_no_room_and_breaks_no_cell(width):
    told = written(width, lambda output: output.table(["run", "state", "entity", "started", "tasks done"], ROWS, ""))
    head, row = (line.rstrip() for line in told.splitlines())
    assert max(len(head), len(row)) <= width
    assert row.startswith(ROWS[0][0])
    assert ("started" in head, "tasks done" in head) == (width > 60, width > 80)
    assert (ROWS[0][2] in row, "…" in row) == (width > 80, width <= 80)
    assert "2026-12-01 12:00:00" in row or width == 60


@NARROW
@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_fits(command, width, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", str(width))
    with pytest.raises(SystemExit):
        main([*filter(None, [command]), "--help"])
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines())) <= min(width, 80)
    if not command:
        lines = [line for line in shown.splitlines() if re.match(r"  [a-z]+ +[A-Z]", line)]
        assert len(lines) == len(COMMANDS)


def test_a_number_has_the_word_for_what_is_counted():
    assert [counted(n, "task") for n in (0, 1, 1200)] == ["0 tasks", "1 task", "1,200 tasks"]
    assert counted(2, "entry", "entries") == "2 entries"


PROGRAM = """
from drawloom import task, workflow

@task
def double(n: int) -> int:
    return n * 2

@workflow
def main(n: int = 3) -> int:
    return double(n=n)
"""
WRONG = {
    "no command": ((), "Running:"),
    "nothing to run": (("run",), "drawloom run FILE --help"),
    "no entity": (("run", "flow.py"), "Run workflow flow.main"),
    "no command of a group": (("cache",), "Remove all entries"),
    "an argument too many": (("run", "flow.py", "main", "3"), "to fix: give inputs by name, such as --n VALUE"),
    "no place to write to": (("compile", "flow.py"), "to fix: add -o PATH"),
    "a misspelt input": (("run", "flow.py", "main", "--m", "3"), "to fix: did you mean `--n` or `--name`?"),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_what_is_typed_wrongly_at_a_terminal_is_answered_in_words(mistake, tmp_path):
    arguments, wanted = WRONG[mistake]
    (tmp_path / "flow.py").write_text(PROGRAM)
    code, said = typed(tmp_path, *arguments)
    assert code == 2, said
    assert wanted in " ".join(said.split()), said
    assert "error: drawloom: Usage" not in said
    assert max(map(len, said.splitlines())) <= 80


def test_an_explanation_is_text_with_programs_that_are_indented(tmp_path):
    code, said = typed(tmp_path, "explain", "E105")
    assert code == 0
    assert "\nCure: " in said
    assert "\n    from drawloom import task, workflow\n" in said
    assert not {"```", "*Cure"} & set(said.split())
    assert max(map(len, said.splitlines())) <= 80
    words = " ".join(said.split())
    first = explanations()["E105"].text.partition(" *Cure:*")[0]
    assert first in words


def typed(folder, *arguments):
    """Exit code and output of a command in a terminal of 80 columns."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "COLUMNS": "80", "NO_COLOR": "1", "DRAWLOOM_HOME": str(folder)}  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-m", "drawloom", *arguments], cwd=folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs,
    ) as process:  # fmt: skip
        os.close(theirs)
        said = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # Linux says so when the other end is closed
                part = b""
            if not part:
                break
            said += part
    os.close(ours)
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", said.decode().replace("\r\n", "\n"))
    return process.returncode, text
