"""What the commands write, whatever the terminal's encoding is: nothing fails, and nothing steers the terminal."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys

import pytest

SRC = str(pathlib.Path(__file__).resolve().parents[4] / "src")
PROGRAM = r"""
from drawloom import task, workflow

@task
def say(n: str) -> str:
    return "grüße " + n + " \u2603 \x1b[31m"

@workflow
def wf(n: str = "ä") -> str:
    return say(n=n)

@task
def fails(n: str) -> str:
    raise ValueError("kaputt ü \u2603 \x1b[31m")
"""
ENCODINGS = pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])


def run(folder, encoding, *arguments):
    (folder / "unicode_program.py").write_text(PROGRAM, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": SRC, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "drawloom", "run", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    assert b"Traceback" not in done.stderr, done.stderr.decode(encoding)
    assert b"\x1b" not in done.stdout + done.stderr
    return done.returncode, done.stdout.decode(encoding), done.stderr.decode(encoding)


@ENCODINGS
def test_an_output_is_written_with_escapes_for_what_the_encoding_has_not(tmp_path, encoding):
    code, out, _ = run(tmp_path, encoding, "unicode_program.py", "wf")
    snow = "\u2603" if encoding == "utf-8" else "\\u2603"
    greeting = "gr\\xfc\\xdfe \\xe4" if encoding == "ascii" else "grüße ä"
    assert (code, out.strip()) == (0, f"o0 = {greeting} {snow} \\x1b[31m")


@ENCODINGS
def test_a_document_is_the_same_json_in_every_encoding(tmp_path, encoding):
    code, out, _ = run(tmp_path, encoding, "--json", "unicode_program.py", "wf")
    assert code == 0
    assert json.loads(out)["outputs"] == {"o0": "grüße ä \u2603 \x1b[31m"}


@ENCODINGS
@pytest.mark.parametrize("form", [[], ["--json"]], ids=["text", "json"])
def test_a_failure_is_shown_in_every_encoding(tmp_path, encoding, form):
    code, out, err = run(tmp_path, encoding, *form, "unicode_program.py", "fails", "--n", "ü")
    assert code == 1
    assert "kaputt" in (json.loads(out)["error"]["message"] if form else err)
