"""What drawloom needs is what pyproject.toml says, and what it loads is what was asked for."""

from __future__ import annotations

import ast
import subprocess
import sys

from meta import _source

HARD = {"google", "msgpack", "click", "rich", "markdown_it"}
"""The top-level modules of the hard dependencies; markdown_it is what rich itself needs."""
BY_NAME = ("typeengine.contrib.", "typeengine.testing", "drawloom.local.fuzzing")
"""Each serves an optional library, and is loaded when a type of that library, or the module itself, is asked for."""
LAZY = {"drawloom.cli", "drawloom.flytekit._impl.pyflyte"}
"""Only these packages may load the terminal libraries."""
FORBIDDEN = (
    "google", "msgpack", "grpc", "numpy", "pandas", "polars", "pyarrow", "pydantic", "rich", "click", "fsspec", "attr",
    "msgspec", "asyncio", "typing_extensions",
)  # fmt: skip
"""Never in `sys.modules` after `import drawloom`, nor after importing a module with tasks."""


def _top_level_imports(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_modules_import_at_their_top_only_hard_dependencies():
    wrong = {}
    for name, path in _source.modules().items():
        if name.startswith(BY_NAME):
            continue
        foreign = _top_level_imports(_source.tree(path)) - set(_source.PACKAGES) - sys.stdlib_module_names - HARD
        if foreign:
            wrong[name] = foreign
    assert wrong == {}


def test_only_the_command_line_loads_the_terminal_libraries():
    wrong = [
        name
        for name, path in _source.modules().items()
        if _top_level_imports(_source.tree(path)) & {"click", "rich"} and not name.startswith(tuple(LAZY))
    ]
    assert wrong == []


def _loaded_after(code: str) -> list[str]:
    script = f"{code}\nimport sys\nprint(*[n for n in {FORBIDDEN!r} if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=_source.SRC)
    return done.stdout.split()


def test_importing_drawloom_loads_nothing_heavy():
    assert _loaded_after("import drawloom") == []


def test_importing_a_module_with_a_task_and_a_workflow_loads_nothing_heavy(tmp_path):
    module = tmp_path / "one_of_each.py"
    module.write_text(
        "from dataclasses import dataclass\n"
        "from drawloom import task, workflow\n"
        "@dataclass\nclass Point:\n    x: int\n    y: float\n"
        "@task\ndef move(p: Point, by: int) -> Point:\n    return Point(p.x + by, p.y)\n"
        "@workflow\ndef wf(p: Point, by: int = 3) -> Point:\n    return move(p=p, by=by)\n"
    )
    assert _loaded_after(f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import one_of_each") == []
