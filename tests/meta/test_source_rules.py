"""Rules of the house that a linter does not know."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess

import pytest

from meta import _source

BROAD_EXCEPT = "literals.foreign"
"""The one module that may catch everything: it calls code that is not ours."""


def test_every_module_opens_with_its_contract():
    bare = [name for name, path in _source.modules().items() if not ast.get_docstring(_source.tree(path))]
    assert bare == []


def test_only_calls_of_user_code_catch_everything():
    wrong = []
    for name, path in _source.modules().items():
        for node in _source.nodes(path):
            if isinstance(node, ast.ExceptHandler):
                names = {n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)} if node.type else {"bare"}
                if names & {"bare", "Exception", "BaseException"} and name != BROAD_EXCEPT:
                    wrong.append(f"{name}:{node.lineno}")
    assert wrong == []


def test_nothing_in_src_is_left_for_later():
    marks = re.compile(r"\b(TODO|FIXME|XXX|raise NotImplementedError)\b")
    wrong = [
        f"{name}:{number}: {line.strip()}"
        for name, path in _source.modules().items()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if marks.search(line)
    ]
    assert wrong == []


def test_every_package_says_what_it_exports_once():
    for package in (*_source.DOORS, "drawloom"):
        names = _exported(package)
        assert names, f"{package} has no __all__"
        assert len(names) == len(set(names)), f"{package}.__all__ repeats a name"


def _exported(package: str) -> list[str]:
    module = importlib.import_module(package)
    return list(module.__all__)


@pytest.mark.parametrize("pattern", [r"/(root|work|farm)/", r"/tmp/(?!drawloom|x)"])
def test_no_file_names_a_path_of_somebodys_machine(pattern):
    files = subprocess.run(["git", "ls-files"], cwd=_source.ROOT, capture_output=True, text=True, check=False)
    if files.returncode != 0:
        pytest.skip("not a git checkout, so there is no list of the project's own files")
    wrong = []
    for line in files.stdout.splitlines():
        path = _source.ROOT / line
        if (
            path.suffix in {".py", ".md", ".toml", ".yml", ".proto", ".err"}
            and path.is_file()
            and line != "tests/meta/test_source_rules.py"
        ):
            for number, text in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
                if re.search(pattern, text) and "tmp_path" not in text:
                    wrong.append(f"{line}:{number}: {text.strip()[:100]}")
    assert wrong == []


def test_the_earlier_name_is_in_one_decision_only():
    earlier = "we" + "ft"
    found = subprocess.run(
        ["git", "grep", "-il", earlier, "--", ":!*.lock"], cwd=_source.ROOT, capture_output=True, text=True, check=False
    )
    if found.returncode > 1:
        pytest.skip("not a git checkout, so there is no list of the project's own files")
    assert found.stdout.split() == ["docs/decisions/0030-the-name.md"]
