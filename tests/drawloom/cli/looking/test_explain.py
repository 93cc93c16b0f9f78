"""`drawloom explain`: every class of error has a code; the programs of the explanations fail and work as they say."""

from __future__ import annotations

import importlib
import os
import pkgutil
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import compiler
import drawloom
import literals
import typeengine
from compiler import LaunchPlan
from drawloom.cli import main
from drawloom.cli.explanations import code_of, explanations
from literals import DrawloomError
from platform_process import a_server

ROOT = Path(__file__).resolve().parents[4]
PROGRAMS = [each for each in explanations().values() if "```" in each.text]
BLOCK = re.compile(r'```(python|console)(?: title="([^"]+)")?\n(.*?)```', re.DOTALL)
DOCKER = Path(__file__).parent / "docker_of_this_machine.py"
REASONS = (
    "Nothing in drawloom raises it",
    "Nothing raises it itself",
    "No program shows it",
    "What is raised nearly always",
)
"""How an explanation without programs says why it has none."""
INSIDE = {"OverrunError"}


def classes():
    for package in (literals, typeengine, compiler, drawloom):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.startswith(("drawloom.flyte", "drawloom.__main__", "typeengine.contrib")):
                importlib.import_module(module.name)
    open_, found = [DrawloomError], set()
    while open_:
        found.add(open_[-1])
        open_ += [
            cls
            for cls in open_.pop().__subclasses__()
            if cls.__module__.partition(".")[0] in {"literals", "typeengine", "compiler", "drawloom"}
            and not cls.__module__.startswith("drawloom.flyte")
        ]
    return {cls.__name__ for cls in found}


def test_every_class_of_error_has_one_code():
    named = [each.name for each in explanations().values()]
    assert len(named) == len(set(named))
    assert set(named) - classes() == set()
    assert classes() - set(named) - INSIDE == set()


@pytest.fixture(scope="module")
def platform(tmp_path_factory) -> Iterator[str]:
    """The address of a Flyte 1 platform, for the programs that need one."""
    with a_server(tmp_path_factory.mktemp("platform")) as server:
        yield server.endpoint


def follow(blocks: list[tuple[str, str, str]], name: str) -> str:
    """What a reader does with the blocks of a program, in the current folder; what its last command wrote to standard error."""
    said = ""
    for language, title, text in blocks:
        if language == "python":
            Path(title or f"{name}.py").write_text(text, encoding="utf-8")
            if not title:
                importlib.import_module(name)
            continue
        for line in text.splitlines():
            done = subprocess.run(
                [sys.executable, "-m", *shlex.split(line.removeprefix("$ "))], capture_output=True, text=True, check=False,
                stdin=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}, timeout=100,
            )  # fmt: skip
            said = done.stderr if done.returncode else ""
    return said


@pytest.mark.parametrize("explained", PROGRAMS, ids=[each.code for each in PROGRAMS])
def test_the_first_program_fails_with_the_error_and_the_second_works(explained, tmp_path, monkeypatch, request):
    text = explained.text
    fails, works = (BLOCK.findall(part) for part in text.partition("Fails:")[2].split("Works:"))
    assert fails
    assert works
    if "remote import" in text:
        monkeypatch.setenv("FLYTE_PLATFORM_URL", request.getfixturevalue("platform"))
        monkeypatch.setenv("FLYTE_PLATFORM_INSECURE", "true")
    monkeypatch.setenv("DRAWLOOM_CONTAINER_RUNTIME", str(DOCKER))
    monkeypatch.setattr(sys, "stdin", None)  # a program that asks gets no answer, unless it brings one
    monkeypatch.setenv("DRAWLOOM_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(LaunchPlan, "CACHE", dict(LaunchPlan.CACHE))
    monkeypatch.syspath_prepend(tmp_path)
    for variable in ("_FSEC_DB_PASSWORD", "DRAWLOOM_AS"):  # what a program sets goes with the test
        monkeypatch.setenv(variable, "")
        monkeypatch.delenv(variable)
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    for module in [name for name, each in sys.modules.items() if "pytest-of-" in str(getattr(each, "__file__", ""))]:
        monkeypatch.delitem(sys.modules, module)  # another test's program of that name

    if any(language == "console" for language, _, _ in fails):
        said = follow(fails, "")
        assert re.search(r"drawloom explain (E\d+)", said)[1] == explained.code, said
    else:
        with pytest.raises(DrawloomError) as caught:
            follow(fails, f"fails_{explained.code.lower()}")
        assert code_of(caught.value) == explained.code, repr(caught.value)
    assert follow(works, f"works_{explained.code.lower()}") == ""


def test_an_error_has_programs_or_says_why_it_has_none():
    without = [each for each in explanations().values() if each not in PROGRAMS]
    assert [each.code for each in without if not any(reason in each.text for reason in REASONS)] == []
    assert len(PROGRAMS) >= 100


def test_an_error_that_nothing_raises_is_said_to_be_one():
    made = {
        name
        for path in (ROOT / "src").rglob("*.py")
        if not {"flyte", "flytekit"} & set(path.relative_to(ROOT / "src").parts)
        for name in re.findall(
            r"(?<!class )\b([A-Z]\w+)\b", re.sub(r"(?s)\"\"\".*?\"\"\"", "", path.read_text("utf-8"))
        )
        if path.name not in {"__init__.py", "public_names.py"} and path != ROOT / "src" / "drawloom" / "errors.py"
    }
    said = {each.name for each in explanations().values() if "Nothing in drawloom raises it" in each.text}
    assert len(said) > 10
    assert said & made <= {"RestrictedTypeError"}  # which the engine lets pass


def test_the_page_of_errors_is_the_same_text():
    page = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    text = (ROOT / "src" / "drawloom" / "cli" / "explanations.md").read_text(encoding="utf-8")
    assert page.endswith(text), "python tools/gen_errors.py writes it"


def test_an_error_says_its_code_and_the_command_explains_it(capsys):
    with pytest.raises(SystemExit) as end:
        main(["verify", "nothing/here.pb"])
    assert end.value.code == 2
    assert "drawloom explain E501" in capsys.readouterr().err
    for code in ("E501", "e501", "TargetError"):
        with pytest.raises(SystemExit) as end:
            main(["explain", code])
        assert end.value.code == 0
        assert "The command line names something that is not there" in capsys.readouterr().out
    with pytest.raises(SystemExit) as end:
        main(["explain", "E5o1"])
    assert end.value.code == 2
    assert "did you mean" in capsys.readouterr().err
