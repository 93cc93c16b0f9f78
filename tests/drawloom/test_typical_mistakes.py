"""What a person sees of the mistakes that people make: each has what, where, expected, got and what to do.

A program's first line is the command that is run; the line of the mistake ends in `# mistake`. Where the mistake is one of the command
line, `# where:` says what the message has to name instead. Beside each program is what the command writes to standard error.

`DRAWLOOM_UPDATE_GOLDENS=1 pytest tests/drawloom/test_typical_mistakes.py` writes the `.err` files anew; read the difference.
"""

from __future__ import annotations

import gc
import io
import os
import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from compiler import LaunchPlan
from drawloom.cli import main

FOLDER = Path(__file__).parent / "mistakes"
CASES = sorted(FOLDER.glob("*.py"))
AREAS = ("authoring", "types", "calling", "running", "command_line", "files", "env")
PARTS = {"expected": "  expected: ", "got": "  got: ", "what to do": "  to fix: "}
UPDATE = bool(os.environ.get("DRAWLOOM_UPDATE_GOLDENS"))
CARETS = re.compile(r"^\s+[\^~]+\n?", re.MULTILINE)


def head(path: Path) -> dict[str, str]:
    """The command and, where there is one, the place, out of a program's first lines."""
    lines = path.read_text(encoding="utf-8").splitlines()
    where = lines[1].removeprefix("# where: ") if len(lines) > 1 and lines[1].startswith("# where: ") else ""
    return {"command": lines[0].removeprefix("# drawloom ").replace("FILE", path.name), "where": where}


def places(path: Path) -> list[str]:
    """What the message has to name: one of these."""
    if where := head(path)["where"]:
        return [where]
    lines = path.read_text(encoding="utf-8").splitlines()
    return [f"{path.name}:{number}" for number, line in enumerate(lines, 1) if line.endswith("# mistake")]


def said(path: Path, folder: Path, capsys) -> tuple[int, str]:
    """The exit code, and what goes to standard error; paths are relative, times and names of runs are always the same."""
    shutil.copy(path, folder)
    (folder / "damaged.pb").write_bytes(b"no program")
    before, names = set(sys.modules), set(LaunchPlan.CACHE)
    try:
        with pytest.raises(SystemExit) as end:
            main(shlex.split(head(path)["command"]))
    finally:
        for name in set(sys.modules) - before:
            if name == path.stem:
                del sys.modules[name]
        for name in set(LaunchPlan.CACHE) - names:
            del LaunchPlan.CACHE[name]
    text = capsys.readouterr().err.replace(f"{folder}{os.sep}", "")
    text = re.sub(r"\b\d+\.\d\ds\b", "0.00s", text)
    text = re.sub(r"\b(?=[a-z]*[0-9])[a-z0-9]{18,26}\b", "ACTION", text)
    text = re.sub(r" at 0x[0-9a-f]+", "", text)
    code = end.value.code
    del end
    gc.collect()  # a coroutine that nobody awaited says so in the test that made it
    return code, re.sub(r"\b(\w+)-\d{8}-\d{6}-\w+\b", r"\1-TIME", text)


def test_there_are_enough_of_them_in_every_area():
    assert len(CASES) >= 60
    assert {path.stem for path in FOLDER.glob("*.err")} == {path.stem for path in CASES}
    for area in AREAS:
        assert sum(path.stem.startswith(f"{area}_") for path in CASES) >= 5, area


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_typical_mistake_gets_its_message(path, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    code, got = said(path, tmp_path, capsys)
    golden = path.with_suffix(".err")
    if UPDATE:
        golden.write_text(got, encoding="utf-8")
    wanted = golden.read_text(encoding="utf-8")
    # What Python knows of columns differs by version.
    assert CARETS.sub("", got) == CARETS.sub("", wanted)
    assert code in {1, 2}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_message_has_every_part(path):
    text = path.with_suffix(".err").read_text(encoding="utf-8")
    what = re.search(r"^error: (.+)", text, re.MULTILINE)
    assert what is not None
    assert what[1].strip()
    lacking = [part for part, label in PARTS.items() if label not in text]
    assert not lacking, text
    assert any(place in text for place in places(path)), (places(path), text)
