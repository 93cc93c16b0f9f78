"""`drawloom show --format` on files, compiled files and runs: each option acts or is refused."""

import subprocess
import sys

import pytest

PROGRAM = """
from drawloom import task, workflow

@task
def half(n: int) -> int:
    assert n, "nothing to halve"
    return n // 2

@workflow
def inner(n: int) -> int:
    return half(n=n)

@workflow
def outer(n: int) -> int:
    return inner(n=half(n=n))
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "prog.py").write_text(PROGRAM)
    return tmp_path


def drawloom(folder, *arguments):
    command = [sys.executable, "-m", "drawloom", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, timeout=100, check=False)


def test_each_format_is_written_to_standard_output(folder):
    starts = {
        "mermaid": b"flowchart TD",
        "dot": b"digraph ",
        "svg": b"<svg ",
        "png": b"\x89PNG",
        "html": b"<!doctype html>",
    }
    for form, start in starts.items():
        shown = drawloom(folder, "show", "prog.py", "outer", "--format", form)
        assert shown.returncode == 0, shown.stderr
        assert shown.stdout.startswith(start)


def test_depth_unfolds_and_a_file_is_written(folder):
    assert drawloom(folder, "compile", "prog.py", "-o", "prog.pb").returncode == 0
    folded = drawloom(folder, "show", "prog.pb", "outer", "--format", "mermaid").stdout
    done = drawloom(folder, "show", "prog.pb", "outer", "--format", "mermaid", "--depth", "1", "-o", "out.mmd")
    assert done.returncode == 0
    assert folded.count(b'"half"') == 1
    assert (folder / "out.mmd").read_bytes().count(b'"half"') == 2


def test_a_run_is_drawn_with_the_states_of_its_nodes(folder):
    drawloom(folder, "run", "prog.py", "outer", "--n", "1", "--name", "halved")
    shown = drawloom(folder, "show", "halved", "--format", "mermaid", "--depth", "1").stdout.decode()
    assert "half<br/>succeeded" in shown
    assert "half<br/>failed" in shown
    assert "class b" in shown


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["prog.py", "--format", "html", "--depth", "1"], "writes the page"),
        (["prog.py", "outer", "inner", "--format", "html"], "writes the page"),
        (["prog.py", "-o", "x"], "give --format as well"),
        (["prog.py", "--depth", "1"], "give --format as well"),
        (["prog.py", "--format", "dot", "--json"], "a picture is not a JSON document"),
        (["prog.py", "outer", "inner", "--format", "dot"], "a picture shows one entity"),
        (["prog.py", "--format", "dot", "-o", "nowhere/x.dot"], "cannot be written"),
        (["prog.py", "nope", "--format", "dot"], "there is no entity 'nope'"),
    ],
)
def test_what_a_picture_cannot_be_is_refused(folder, arguments, words):
    refused = drawloom(folder, "show", *arguments)
    assert refused.returncode in {1, 2}
    assert words in (refused.stderr + refused.stdout).decode()
    assert "Traceback" not in refused.stderr.decode()
