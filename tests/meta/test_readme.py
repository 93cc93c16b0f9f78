"""The README's code runs as printed."""

from __future__ import annotations

import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

from meta import _source

README = (_source.ROOT / "README.md").read_text(encoding="utf-8")
ENV = {**os.environ, "PYTHONPATH": str(_source.SRC), "NO_COLOR": "1"}


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def _run(command: list[str], cwd: pathlib.Path) -> str:
    done = subprocess.run(
        command, cwd=cwd, env=ENV, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


def test_the_first_example_prints_what_its_comment_says(tmp_path):
    [code] = _blocks("python")
    (tmp_path / "first.py").write_text(code)
    promised = re.findall(r"print\(.*\)  # (.*)", code)
    assert _run([sys.executable, "first.py"], tmp_path).splitlines() == promised


def test_the_commands_work_as_printed(tmp_path):
    shutil.copytree(_source.ROOT / "examples", tmp_path / "examples")
    commands = [
        line[2:] for block in _blocks("console") for line in block.splitlines() if line.startswith("$ drawloom")
    ]
    assert len(commands) == 3
    shown = [_run([sys.executable, "-m", *shlex.split(line)], tmp_path) for line in commands]
    assert "workflow" in shown[1]
    assert "HELLO, ADA!!!" in shown[2]


def test_links_to_files_of_the_project_lead_somewhere():
    targets = re.findall(r"\]\((?!http)([^)#]+)", README)
    missing = [target for target in targets if not (_source.ROOT / target).exists()]
    assert missing == []
