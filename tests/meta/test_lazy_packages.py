"""A package that loads its names when they are read says them three times: for checkers, for the run, for `import *`. They agree."""

from __future__ import annotations

import ast
import importlib
import inspect

import pytest

from meta import _source


def _lazy_packages():
    return [
        name
        for name, path in _source.modules().items()
        if path.name == "__init__.py" and "lazy_rooms(" in path.read_text(encoding="utf-8")
    ]


@pytest.mark.parametrize("package", _lazy_packages())
def test_names_for_checkers_names_at_run_time_and_the_list_agree(package):
    tree = _source.tree(_source.modules()[package])
    checked, eager, table = {}, set(), {}
    for node in tree.body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            for line in node.body:
                checked |= {alias.asname or alias.name: line.module for alias in line.names}
        elif isinstance(node, ast.ImportFrom) and node.module.split(".")[0] in _source.PACKAGES:
            eager |= {alias.asname or alias.name for alias in node.names} - {"lazy_rooms"}
        elif isinstance(node, ast.Assign) and "lazy_rooms(" in ast.unparse(node.value):
            for room, names in ast.literal_eval(node.value.args[1]).items():
                assert not set(table) & set(names.split()), "one name, one room"
                table |= {
                    name.removesuffix("=*"): package if "=*" in name else f"{package}.{room}" for name in names.split()
                }
    assert checked == table
    assert sorted(importlib.import_module(package).__all__) == sorted({*eager, *table})


def test_packages_have_no_getattr_of_their_own():
    wrong = [
        name
        for name, path in _source.modules().items()
        if path.name == "__init__.py"
        and any(isinstance(node, ast.FunctionDef) and node.name == "__getattr__" for node in _source.tree(path).body)
    ]
    assert wrong == []


def test_every_lazy_package_is_seen():
    assert set(_lazy_packages()) == {
        "literals",
        "typeengine",
        "compiler",
        "drawloom.context",
        "drawloom.interpreter",
        "drawloom.ir",
        "drawloom.remote",
    }


@pytest.mark.parametrize("package", _lazy_packages())
def test_no_offered_name_is_that_of_a_module_of_the_package(package):
    """Importing the module would put it where the name is looked for, so that what a name means would depend on the order."""
    loaded = importlib.import_module(package)
    folder = _source.modules()[package].parent
    modules = {path.stem for path in folder.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
    shared = {name for name in loaded.__all__ if name in modules}
    assert {name for name in shared if not inspect.ismodule(getattr(loaded, name))} <= BOUND_AT_ONCE.get(package, set())


BOUND_AT_ONCE = {"drawloom.context": {"runner"}, "literals": {"entrance"}}
"""Names that the package binds itself when it is imported, after the module of that name."""
