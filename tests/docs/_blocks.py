"""Blocks of a page: files are written, commands are run one after the other in one folder, and their output is compared."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edited import edit

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
BLOCK = re.compile(r'```(python|console)(?: title="([^"]+)")?\n(.*?)```', re.DOTALL)
FAILS = "  # fails"

# Commands are run in forks of a process that has imported drawloom: a page has up to thirty, and starting an interpreter takes
# longer than most of them. Those who want a process of its own have the tests of the command line and the newcomer's walk.
SERVER = """
import importlib, json, os, sys
import compiler, drawloom, drawloom.interpreter
from drawloom.cli import COMMANDS, main
for at, _ in COMMANDS.values():
    importlib.import_module("drawloom.cli." + at.partition(":")[0])
for package in (compiler, drawloom, drawloom.interpreter):
    for name in package.__all__:
        getattr(package, name)
sys.path[0] = os.getcwd()
for line in sys.stdin:
    asked = json.loads(line)
    child = os.fork()
    if child == 0:
        given = os.open(asked["input"], os.O_RDONLY)
        said = os.open(asked["output"], os.O_WRONLY)
        for stream, kept in ((given, 0), (said, 1), (said, 2)):
            os.dup2(stream, kept)
        sys.stdin = open(0)
        sys.argv = ["drawloom", *asked["words"]]
        main(asked["words"])
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Terminal:
    """A folder in which commands are typed: `drawloom` is that of this checkout, `python` that of the test."""

    def __init__(self, folder: Path, server: subprocess.Popen[str], environment: dict[str, str]) -> None:
        self.folder, self._server, self._environment = folder, server, environment

    def run(self, line: str) -> tuple[int, str]:
        """The exit code of a command, and all that it printed; `printf TEXT | ` in front gives it input."""
        given = ""
        if line.startswith("printf "):
            text, _, line = line.removeprefix("printf ").partition(" | ")
            given = shlex.split(text)[0].replace("\\n", "\n")
        words = shlex.split(line)
        if words[0] == "drawloom":
            return self._forked(words[1:], given)
        program = sys.executable if words[0] == "python" else words[0]
        done = subprocess.run(
            [program, *words[1:]], cwd=self.folder, env=self._environment, capture_output=True, text=True, check=False,
            input=given, timeout=300,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    def _forked(self, words: list[str], given: str) -> tuple[int, str]:
        files = {name: self.folder / f".{name}" for name in ("input", "output")}
        files["input"].write_text(given)
        files["output"].write_text("")
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(
            json.dumps({"words": words, **{name: str(path) for name, path in files.items()}}) + "\n"
        )
        self._server.stdin.flush()
        code = int(self._server.stdout.readline())
        return code, files["output"].read_text(encoding="utf-8")


@contextmanager
def terminal(folder: Path) -> Iterator[Terminal]:
    """A terminal in a folder, with a home of its own in it."""
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT / "src"), "NO_COLOR": "1", "COLUMNS": "200", "DRAWLOOM_HOME": str(folder / ".home"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-c", SERVER],
        cwd=folder,
        env=environment,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as server:
        yield Terminal(folder, server, environment)
        assert server.stdin is not None
        server.stdin.close()


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
    with terminal(folder) as typed:
        for language, title, text in blocks:
            if language == "python":
                assert title, f"a block without the name of its file:\n{text}"
                edit(folder / title, text)
                continue
            output, line = "", ""
            for each in text.splitlines():
                if each.startswith("$ "):
                    line = each[2:]
                    code, output = typed.run(line.removesuffix(FAILS))
                    assert (code != 0) == line.endswith(FAILS), f"{line}\n{output}"
                    assert "Traceback (most recent call last)" not in output
                else:
                    assert matches(each, output), f"{line}\npromised: {each}\n{output}"
