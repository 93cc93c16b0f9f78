"""Blocks of a page: files are written, commands are run one after the other in one folder, and their output is compared."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
BLOCK = re.compile(r'```(python|console)(?: title="([^"]+)")?\n(.*?)```', re.DOTALL)
FAILS = "  # fails"


def run(line: str, folder: Path, source: Path = ROOT / "src") -> tuple[int, str]:
    """A command of a block: python is that of this test, drawloom the one below `source`; `printf TEXT | ` gives it input."""
    given = ""
    if line.startswith("printf "):
        text, _, line = line.removeprefix("printf ").partition(" | ")
        given = shlex.split(text)[0].replace("\\n", "\n")
    words = shlex.split(line)
    start = {"drawloom": [sys.executable, "-m", "drawloom"], "python": [sys.executable]}
    environment = {
        **os.environ, "PYTHONPATH": str(source), "NO_COLOR": "1", "COLUMNS": "200", "DRAWLOOM_HOME": str(folder / ".home"),
    }  # fmt: skip
    done = subprocess.run(
        [*start.get(words[0], words[:1]), *words[1:]], cwd=folder, env=environment, capture_output=True, text=True,
        check=False, input=given, timeout=100,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def matches(promised: str, output: str) -> bool:
    """Whether a promised line begins a line of the output; `…` stands for anything."""
    pattern = ".*".join(re.escape(part) for part in promised.split("…"))
    return any(re.match(pattern, line) for line in output.splitlines())


def follow(page: Path, folder: Path) -> None:
    """What a reader does who follows a page from its top to its bottom.

    A command ends well unless `  # fails` stands behind it. The lines below a command are among those that it prints.
    """
    blocks = BLOCK.findall(page.read_text(encoding="utf-8"))
    assert blocks
    for language, title, text in blocks:
        if language == "python":
            assert title, f"a block without the name of its file:\n{text}"
            (folder / title).write_text(text)
            continue
        output, line = "", ""
        for each in text.splitlines():
            if each.startswith("$ "):
                line = each[2:]
                code, output = run(line.removesuffix(FAILS), folder)
                assert (code != 0) == line.endswith(FAILS), f"{line}\n{output}"
                assert "Traceback (most recent call last)" not in output
            else:
                assert matches(each, output), f"{line}\npromised: {each}\n{output}"
