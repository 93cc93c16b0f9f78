"""CONTRIBUTING's table of where things go, and the pictures of docs/architecture.md: what they say is so."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import pathlib
import re
import subprocess
import sys

import click
import pytest

from compiler.options.option_table import TASK_OPTIONS, FunctionTaskOptions, OptionUse
from compiler.options.task_options import cache_settings
from compiler.tasks.function_task import PythonFunctionTask
from compiler.tasks.task_metadata import TaskMetadata
from drawloom.cli import COMMANDS
from drawloom.exports import VERSION
from drawloom.interpreter.program.graph import Target
from drawloom.ir import NodeVisitor
from literals import DrawloomError
from meta import _source

CONTRIBUTING = (_source.ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
TABLE = [line for line in CONTRIBUTING.split("| to add |")[1].split("\n\n")[0].splitlines() if line.startswith("| a")]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.split("|")[1].strip())
def test_what_a_row_names_is_there(row):
    named = re.findall(r"`((?:src|tests|tools|idl|docs)/[^`]+)`", row)
    assert named or "where it belongs" in row
    assert [path for path in named if not (_source.ROOT / path).exists()] == []


def test_the_walk_covers_what_people_add():
    wanted = ["a type of", "a node kind", "a task option", "a command", "an error of", "a mirrored name"]
    assert [each for each in wanted if not any(row.startswith(f"| {each}") for row in TABLE)] == []


def test_every_module_of_types_with_a_codec_is_named_in_the_table_of_precedence():
    """By itself, or by another module of its folder that is: a codec that nothing names can never be chosen."""
    for folder in ("builtin", "contrib"):
        modules = {
            name.rsplit(".", 1)[-1]: path for name, path in _source.modules().items() if f"typeengine.{folder}." in name
        }
        texts = {stem: path.read_text(encoding="utf-8") for stem, path in modules.items()}
        table = (_source.SRC / "typeengine" / "builtin" / "precedence.py").read_text(encoding="utf-8")
        reached: set[str] = set()
        more = {stem for stem in texts if re.search(rf"\b{stem}\b", table)}
        while more:
            reached |= more
            more = {
                stem
                for stem in texts.keys() - reached
                if any(re.search(rf"\b{stem}\b", texts[known]) for known in reached)
            }
        codecs = {stem for stem, text in texts.items() if re.search(r"^class \w*Codec\b", text, re.MULTILINE)}
        assert codecs - reached == set(), folder


def test_every_command_is_in_the_table_once_and_nowhere_else():
    listed = [target for target, _ in COMMANDS.values()]
    assert len(listed) == len(set(listed))
    commands, children = {}, set()
    for name in _source.modules():
        if name.startswith("drawloom.cli."):
            module = importlib.import_module(name)
            for attribute, value in vars(module).items():
                if isinstance(value, click.Command) and value.callback.__module__ == name:
                    commands[f"{name.removeprefix('drawloom.cli.')}:{attribute}"] = value
    for command in commands.values():
        children |= set(getattr(command, "commands", {}).values())
    assert {where for where, command in commands.items() if command not in children} == set(listed)


def test_the_row_of_a_node_kind_names_where_the_kinds_are_listed_and_where_each_is_handled():
    """The list is one class; `tests/drawloom/ir/test_node_visitor.py` holds that nothing else has one."""
    (row,) = [row for row in TABLE if row.startswith("| a node kind")]
    where, tell = row.split("|")[2:4]
    assert f"`{pathlib.Path(inspect.getfile(NodeVisitor)).relative_to(_source.ROOT)}`" in where
    visitors = {name for name, path in _source.modules().items() if "(NodeVisitor[" in path.read_text(encoding="utf-8")}
    named = {path[4:-3].replace("/", ".") for path in re.findall(r"`(src/[^`]+\.py)`", tell)}
    assert named - visitors == {Target.__args__[0].__module__}


ACT_ON_OPTIONS = {
    "compiler.options.option_table": "the list itself",
    "compiler.options.task_options": "checks and messages that several options make together",
    "compiler.tasks": "classes of tasks: parameters that they act on, and fields of TaskMetadata",
    "compiler.graph.node": "the fields of a node's own settings",
    "compiler.graph.overrides": "what a node's own settings become",
    "drawloom.actions.environment": "a task of an environment says in @task's options what it is",
}
"""Where names of options may stand together: each acts on them."""
MANY = 5


def names_in(node):
    """Names of options that one collection, one signature or one call lists."""
    if isinstance(node, (ast.Set, ast.List, ast.Tuple)):
        return [each.value for each in node.elts if isinstance(each, ast.Constant)]
    if isinstance(node, ast.Dict):
        return [each.value for each in node.keys if isinstance(each, ast.Constant)]
    if isinstance(node, ast.Call):
        return [each.arg for each in node.keywords]
    if isinstance(node, ast.arguments):
        return [each.arg for each in (*node.posonlyargs, *node.args, *node.kwonlyargs)]
    return []


def test_a_task_option_is_listed_in_one_place():
    options = set(TASK_OPTIONS) - {"cache", "labels", "annotations"}  # names that many other things have as well
    lists = {
        name
        for name, path in _source.modules().items()
        if not name.startswith(("drawloom.flytekit", "drawloom.flyte"))
        for node in ast.walk(_source.tree(path))
        if len(options.intersection(names_in(node))) >= MANY
    }
    assert sorted(name for name in lists if not name.startswith(tuple(ACT_ON_OPTIONS))) == []


def test_every_row_of_the_table_of_options_has_a_type_and_somebody_who_acts_on_it():
    assert list(TASK_OPTIONS) == list(FunctionTaskOptions.__annotations__)
    parameters = {name for cls in PythonFunctionTask.__mro__ for name in inspect.signature(cls.__init__).parameters}
    acting = {
        OptionUse.TASK: parameters,
        OptionUse.METADATA: {field.name for field in dataclasses.fields(TaskMetadata)},
        OptionUse.CACHE: set(inspect.signature(cache_settings).parameters),
        OptionUse.CONFIG: parameters,
    }
    assert [name for name, option in TASK_OPTIONS.items() if name not in acting[option.use]] == []
    assert [name for name, option in TASK_OPTIONS.items() if option.check is not None and option.check(None, "")] == []


INSIDE = {"OverrunError": "thrown into a task's thread to end it, and caught by the attempt"}
"""Exception classes that no user sees."""


def test_every_error_is_a_drawloom_error():
    """What leaves drawloom has the five parts."""
    wrong = []
    for name, path in _source.modules().items():
        if name.startswith(("drawloom.flytekit", "drawloom.flyte")):
            continue  # names of the peers', for classes that are looked at where they are defined
        for node in _source.tree(path).body:
            if isinstance(node, ast.ClassDef) and re.match(r"[A-Z]\w*Error$", node.name) and node.name not in INSIDE:
                cls = getattr(importlib.import_module(name), node.name)
                if isinstance(cls, type) and issubclass(cls, BaseException) and not issubclass(cls, DrawloomError):
                    wrong.append(f"{name}.{node.name}")
    assert wrong == []


def test_the_pictures_are_those_of_the_code():
    command = [sys.executable, "tools/gen_picture.py", "--check"]
    done = subprocess.run(command, cwd=_source.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"python tools/gen_picture.py rewrites them\n{done.stderr}"


def test_the_index_lists_every_decision():
    index = (_source.ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    decisions = sorted(path.name for path in (_source.ROOT / "docs" / "decisions").glob("*.md"))
    assert re.findall(r"\(decisions/([^)]+)\)", index) == decisions


def test_the_changelog_has_the_version_and_what_is_to_come():
    headings = re.findall(
        r"^## \[([^\]]+)\]", (_source.ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert headings[0] == "Unreleased"
    assert VERSION in headings
