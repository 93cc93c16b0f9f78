"""One small module for each mistake an author can make, and the error that it gets, word for word.

`DRAWLOOM_UPDATE_GOLDENS=1 pytest tests/compiler/test_mistakes.py` writes the `.err` files anew; read the difference.
"""

from __future__ import annotations

import os
import re
import sys
import types
from pathlib import Path

import pytest

from compiler import LaunchPlan, compile_bundle, declared_in
from literals import DrawloomError

FOLDER = Path(__file__).parent / "mistakes"
CASES = sorted(FOLDER.glob("*.py"))
PARTS = ("  expected: ", "  got: ", "  to fix: ")
CARETS = re.compile(r"^\s+\^+\n?", re.MULTILINE)
PLACES = re.compile(r"^  at .*\n    .*\n?|\S+\.py:\d+: ", re.MULTILINE)


def error_of(path: Path) -> str:
    for name in [n for n in LaunchPlan.CACHE if n.startswith(("plan_", "mistake_"))]:
        del LaunchPlan.CACHE[name]
    module = types.ModuleType(f"mistake_{path.stem}")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module
    try:
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec", dont_inherit=True), module.__dict__)
        compile_bundle(list(declared_in(module.__name__)))
    except DrawloomError as error:
        return f"{type(error).__name__}: {error}\n".replace(f"{FOLDER}{os.sep}", "").replace(
            f"mistake_{path.stem}.", ""
        )
    finally:
        del sys.modules[module.__name__]
    return "no error\n"


def test_there_are_enough_of_them():
    assert len(CASES) >= 80


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_mistake_gets_its_error(path):
    got = error_of(path)
    golden = path.with_suffix(".err")
    if os.environ.get("DRAWLOOM_UPDATE_GOLDENS"):
        golden.write_text(got, encoding="utf-8")
    wanted = golden.read_text(encoding="utf-8")
    # What Python knows of columns differs by version, and 3.10 counts a decorator's line as the function's.
    if sys.version_info[:2] != (3, 11):
        got, wanted = CARETS.sub("", got), CARETS.sub("", wanted)
    if sys.version_info < (3, 11):
        got, wanted = PLACES.sub("", got), PLACES.sub("", wanted)
    assert got == wanted
    assert wanted != "no error\n"
    assert len(wanted.splitlines()) <= 60


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_error_has_what_where_expected_got_and_the_cure(path):
    text = path.with_suffix(".err").read_text(encoding="utf-8")
    assert re.match(r"\w+: \S", text)
    for part in PARTS:
        assert part in text, part
    assert re.search(rf"\b{path.name}:\d+", text)
