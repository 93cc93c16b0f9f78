"""The cases under mypy --strict and pyright strict: revealed types word for word, and errors on the lines marked wrong
and on no others.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SRC = HERE.parents[1] / "src"
CASES = sorted((HERE / "cases").glob("*.py"))
MARK = re.compile(r"#\s+(is (?P<type>.+)|(?P<wrong>wrong))$")


def marks(path: Path) -> tuple[dict[int, str], set[int]]:
    revealed: dict[int, str] = {}
    wrong: set[int] = set()
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        found = MARK.search(line)
        if found and not line.startswith('"""'):
            if found["wrong"]:
                wrong.add(number)
            else:
                revealed[number] = found["type"]
    return revealed, wrong


def plain(text: str) -> str:
    """A type as both checkers could have written it."""
    text = re.sub(r"tuple\[[^\[\]]*, fallback=([\w.]+)\]", r"\1", text)
    return re.sub(r"\b(builtins|typing|datetime|(tests\.typing\.)?cases\.\w+|tasks|workflows)\.", "", text)


def test_there_are_enough_snippets():
    assert sum(len(marks(path)[0]) for path in CASES) >= 60


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_mypy_strict_sees_the_declared_types(path, tmp_path):
    if shutil.which("mypy", path=str(Path(sys.executable).parent)) is None:
        pytest.skip("mypy is a development tool")
    ran = subprocess.run(
        [
            sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "--no-error-summary", "--hide-error-context",
            "--cache-dir", str(tmp_path), str(path),
        ],
        capture_output=True, text=True, check=False, env={**os.environ, "MYPYPATH": str(SRC), "NO_COLOR": "1"},
    )  # fmt: skip
    seen: dict[int, str] = {}
    errors: dict[int, str] = {}
    for line in ran.stdout.splitlines():
        file, number, kind, message = re.match(r"(.*?):(\d+):(?:\d+:)? (\w+): (.*)", line).groups()
        if Path(file).name != path.name:
            continue
        if kind == "note" and message.startswith("Revealed type is"):
            seen[int(number)] = plain(message.split('"')[1])
        elif kind == "error":
            errors[int(number)] = message
    revealed, wrong = marks(path)
    assert ran.stderr == ""
    assert seen == revealed
    assert set(errors) == wrong, errors


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_pyright_strict_sees_the_declared_types(path, tmp_path):
    if shutil.which("pyright", path=str(Path(sys.executable).parent)) is None:
        pytest.skip("pyright is a development tool")
    shutil.copy(path, tmp_path)
    project = tmp_path / "pyrightconfig.json"
    settings = {
        "include": [path.name], "extraPaths": [str(SRC)], "pythonVersion": "3.10", "typeCheckingMode": "strict",
        "reportUnusedFunction": False, "reportUnusedVariable": False, "reportUnusedExpression": False,
    }  # fmt: skip
    project.write_text(json.dumps(settings), encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "pyright", "--outputjson", "-p", str(project)],
        capture_output=True,
        text=True,
        check=False,
    )
    seen: dict[int, str] = {}
    errors: dict[int, str] = {}
    for found in json.loads(ran.stdout)["generalDiagnostics"]:
        number = found["range"]["start"]["line"] + 1
        if found["severity"] == "information":
            seen[number] = plain(re.search(r'is "(.*)"$', found["message"]).group(1))
        elif found["severity"] == "error":
            errors[number] = found["message"]
    revealed, wrong = marks(path)
    assert seen == revealed
    assert set(errors) == wrong, errors
