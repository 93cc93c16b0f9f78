"""What the meta tests read: the project's own modules as syntax trees."""

from __future__ import annotations

import ast
import dataclasses
import functools
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
SRC = ROOT / "src"
PACKAGES = ("literals", "typeengine", "compiler", "drawloom")
"""The wheel's top-level packages."""
DOORS = ("literals", "drawloom.ir", "drawloom.context", "typeengine", "compiler", "drawloom.interpreter")
"""Packages that are reached through their `__init__` only."""
HOUSE = tuple(
    f"drawloom.{part}"
    for part in ("exports", "pictures", "local", "actions", "page", "remote", "cli", "flytekit", "flyte")
)
"""The other sub-packages of drawloom, whose modules are reached by their own names."""
GENERATED = SRC / "literals" / "_pb"


@dataclasses.dataclass(frozen=True)
class Import:
    """One `import` of a module of ours, wherever in the file it stands."""

    importer: str
    target: str
    line: int
    in_function: bool
    side_door: bool
    """It reaches past the other package's `__init__`."""

    @property
    def units(self) -> tuple[str, str]:
        """The packages of the picture that the import leaves and enters."""
        return unit_of(self.importer), unit_of(self.target)


def unit_of(module: str) -> str:
    """The package of the picture that a module belongs to."""
    if module == "drawloom.__main__":
        return "drawloom.cli"
    for unit in (*DOORS, *HOUSE):
        if module == unit or module.startswith(f"{unit}."):
            return unit
    return "drawloom"


@functools.cache
def modules() -> dict[str, pathlib.Path]:
    """Dotted name -> file of every module of ours, generated ones left out."""
    found = {}
    for package in PACKAGES:
        for path in sorted((SRC / package).rglob("*.py")):
            if GENERATED in path.parents:
                continue
            parts = list(path.relative_to(SRC).with_suffix("").parts)
            if parts[-1] == "__init__":
                parts.pop()
            found[".".join(parts)] = path
    return found


@functools.cache
def tree(path: pathlib.Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


@functools.cache
def shown(module: str) -> frozenset[str]:
    """The names that a module's `__all__` lists."""
    path = modules().get(module)
    for node in tree(path).body if path else []:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        if any(isinstance(t, ast.Name) and t.id == "__all__" for t in targets) and isinstance(node.value, ast.List):
            return frozenset(item.value for item in node.value.elts if isinstance(item, ast.Constant))
    return frozenset()


@functools.cache
def nodes(path: pathlib.Path) -> tuple[ast.AST, ...]:
    """Every node of a file, walked once for all tests."""
    return tuple(ast.walk(tree(path)))


def _functions(path: pathlib.Path) -> set[ast.AST]:
    inside: set[ast.AST] = set()
    for node in nodes(path):  # outer functions come first, and hold what is in their inner ones
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)) and node not in inside:
            inside.update(ast.walk(node))
    return inside


def _targets(node: ast.AST, name: str, is_package: bool, known: set[str]) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    if node.level:
        base = name.split(".") if is_package else name.split(".")[:-1]
        base = base[: len(base) - node.level + 1]
        prefix = ".".join([*base, *([node.module] if node.module else [])])
    else:
        prefix = node.module or ""
    out = []
    for alias in node.names:
        full = f"{prefix}.{alias.name}"
        # `from drawloom.ir import verify` asks the front door for a name it shows, even where a room has that name too.
        own = unit_of(prefix) == unit_of(name)
        out.append(full if full in known and (own or alias.name not in shown(prefix)) else prefix)
    return out


@functools.cache
def imports() -> tuple[Import, ...]:
    """All imports of our own modules, also those inside functions and under TYPE_CHECKING."""
    known = set(modules())
    found: list[Import] = []
    for name, path in modules().items():
        is_package = path.name == "__init__.py"
        inside = _functions(path)
        for node in nodes(path):
            for target in _targets(node, name, is_package, known):
                package = target.split(".")[0]
                if package not in PACKAGES:
                    continue
                unit = unit_of(target)
                foreign = unit in DOORS and unit != unit_of(name)
                found.append(Import(name, target, node.lineno, node in inside, foreign and target != unit))
    return tuple(found)
