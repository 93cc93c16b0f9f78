"""What is counted over the source, and the lists of what is not yet as it should be; `python tools/meters.py` prints it."""

from __future__ import annotations

import ast
import collections
import functools
import pathlib
import re
from collections.abc import Collection, Iterator

from meta import _source

BASELINES = pathlib.Path(__file__).parent / "baselines"

PEER_NAMES = {
    "Artifact": "flytekit's and Flyte 2's are two classes",
    "Email": "flytekit's and Flyte 2's notification",
    "Environment": "flytekit's groups options of tasks; Flyte 2's is where its tasks live",
    "Image": "flytekit's is a name of a configuration; Flyte 2's is built of layers",
    "Notification": "flytekit's and Flyte 2's base of notifications",
    "RestrictedTypeError": "flytekit's is of its type engine; Flyte 2's is one of its coded errors",
    "Slack": "flytekit's and Flyte 2's notification",
    "TimePartition": "flytekit's and Flyte 2's are two classes",
}
"""Class names that two packages have because the peers fix both; with the reason."""

BANNED = frozenset(
    "oddments both elsewhere door doors absent raised blocks grown surroundings failing place collector own notes opaque "
    "reading".split()
)
"""Words that say nothing to a newcomer: not in names of modules, classes, parameters and public functions."""

PARTS = ("expected", "got", "fix")
"""What an error says beside what happened; where it happened is often added by whoever knows."""

USER_VALUES = frozenset("value values default result python_val val v args kwargs".split())
"""Parameters that hold a user's value, or all arguments of a user's call: their type is the user's, so `Any` is right."""


def room_of(module: str) -> str:
    """The package of a module with its sub-package, where it is in one: `compiler.graph`, `drawloom.ir`, `literals`."""
    unit = _source.unit_of(module)
    path = _source.modules()[module]
    depth = len(unit.split("."))
    folder = ".".join(path.parent.relative_to(_source.SRC).parts[: depth + 1])
    return folder if folder.startswith(f"{unit}.") else unit


def baseline(meter: str) -> list[str]:
    """The lines of a list; empty ones and comments are left out."""
    lines = (BASELINES / f"{meter}.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def same_names(fixed: Collection[str] = tuple(PEER_NAMES)) -> list[str]:
    """`Name in room`, for each room of a class name that stands in several modules; names behind the fence are the peers'."""
    found = collections.defaultdict(set)
    for name, path in _source.modules().items():
        if name.startswith(("drawloom.flyte.", "drawloom.flytekit.")):
            continue
        for node in _source.nodes(path):
            if isinstance(node, ast.ClassDef):
                found[node.name].add(name)
    return [
        f"{name} in {room}"
        for name, where in sorted(found.items())
        if len(where) > 1 and name not in fixed
        for room in sorted(set(map(room_of, where)))
    ]


def _words(name: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", name)}


def _parameters(node: ast.AST) -> Iterator[ast.arg]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        a = node.args
        for arg in (*a.posonlyargs, *a.args, *a.kwonlyargs, a.vararg, a.kwarg):
            if arg is not None and arg.arg not in {"self", "cls"}:
                yield arg


def banned_names() -> list[str]:
    """`room: kind name`, for each name with a banned word."""
    found = set()
    for name, path in _source.modules().items():
        room = room_of(name)
        if _words(name.rsplit(".", 1)[-1]) & BANNED:
            found.add(f"{room}: module {name.rsplit('.', 1)[-1]}")
        for node in _source.nodes(path):
            if isinstance(node, ast.ClassDef) and _words(node.name) & BANNED:
                found.add(f"{room}: class {node.name}")
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                if not node.name.startswith("_") and _words(node.name) & BANNED:
                    found.add(f"{room}: function {node.name}")
                found.update(f"{room}: parameter {arg.arg}" for arg in _parameters(node) if arg.arg in BANNED)
    return sorted(found)


def _is_any(annotation: ast.expr | None) -> bool:
    """`Any`, or a union with `Any`; what is inside of brackets is not looked at."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        annotation = ast.parse(annotation.value, mode="eval").body
    if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
        return _is_any(annotation.left) or _is_any(annotation.right)
    return isinstance(annotation, ast.Name) and annotation.id == "Any"


@functools.cache
def any_parameters() -> dict[str, tuple[int, int, tuple[str, ...]]]:
    """Per room: parameters annotated `Any` that are no user's value, all parameters, and where the first are."""
    total: collections.Counter[str] = collections.Counter()
    loose: dict[str, list[str]] = collections.defaultdict(list)
    for name, path in _source.modules().items():
        room = room_of(name)
        for node in _source.nodes(path):
            for arg in _parameters(node):
                total[room] += 1
                if _is_any(arg.annotation) and arg.arg not in USER_VALUES:
                    loose[room].append(f"{name}:{arg.lineno}: {arg.arg}")
    return {room: (len(loose[room]), total[room], tuple(loose[room])) for room in sorted(total)}


def unknown_types() -> list[str]:
    """Where pyright does not report unknown types: roots of `executionEnvironments` and files with a comment."""
    text = (_source.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    section = text[text.index("[tool.pyright]") :].split("\n[", 1)[0]
    roots = set(re.findall(r'root = "([^"]+)"[^}]*reportUnknown\w+ = false', section))
    general = ["*"] if re.search(r"^reportUnknown\w+ = ", section, re.MULTILINE) else []
    comment = re.compile(r"^# pyright: .*(reportUnknown\w+\s*=\s*(false|none)|basic|standard)", re.MULTILINE)
    files = {
        path.relative_to(_source.ROOT).as_posix()
        for path in _source.modules().values()
        if comment.search(path.read_text(encoding="utf-8"))
    }
    return general + sorted(roots | files)


def _bases(node: ast.ClassDef) -> list[str]:
    return [ast.unparse(base).split("[")[0].rsplit(".", 1)[-1] for base in node.bases]


@functools.cache
def _error_classes() -> dict[str, frozenset[str]]:
    """Classes of errors of ours, by name -> the parts of the text that their constructors take."""
    classes = {
        node.name: node
        for path in _source.modules().values()
        for node in _source.nodes(path)
        if isinstance(node, ast.ClassDef)
    }

    def parts(name: str, seen: frozenset[str]) -> frozenset[str] | None:
        if name == "DrawloomError":
            return frozenset(PARTS)
        if name not in classes or name in seen:
            return None
        inherited = [found for base in _bases(classes[name]) if (found := parts(base, seen | {name})) is not None]
        made = next(
            (each for each in classes[name].body if isinstance(each, ast.FunctionDef) and each.name == "__init__"), None
        )
        if not inherited or made is None:
            return inherited[0] if inherited else None
        taken = frozenset(arg.arg for arg in (*made.args.posonlyargs, *made.args.args, *made.args.kwonlyargs))
        return (taken | inherited[0] if made.args.kwarg is not None else taken) & frozenset(PARTS)

    return {name: found for name in classes if (found := parts(name, frozenset())) is not None}


def _calls(node: ast.AST, owner: str = "module") -> Iterator[tuple[str, ast.Call]]:
    """Each call below a node, with the function or class that it stands in."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            yield owner, child
        named = isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        yield from _calls(child, child.name if named else owner)


def error_parts() -> list[str]:
    """`module.function: Class lacks parts`, for each error that is made without what it could say."""
    found: set[str] = set()
    for name, path in _source.modules().items():
        for owner, call in _calls(_source.tree(path)):
            takes = _error_classes().get(ast.unparse(call.func).rsplit(".", 1)[-1])
            said = {
                word.arg
                for word in call.keywords
                if not (isinstance(word.value, ast.Constant) and not word.value.value)
            }
            if takes is None or None in said or any(isinstance(arg, ast.Starred) for arg in call.args):
                continue  # the parts of another error are handed on
            if lacking := [part for part in PARTS if part in takes - said]:
                found.add(f"{name}.{owner}: {ast.unparse(call.func)} lacks {', '.join(lacking)}")
    return sorted(found)


LISTS = {
    "same_names": same_names,
    "banned_names": banned_names,
    "unknown_types": unknown_types,
    "error_parts": error_parts,
}
"""Meter -> what is found now, one line each."""
