"""Modules written for flytekit, imported as weft's, and what flytekit wrote for them.

Only the import lines change: `flytekit` becomes `weft`. A module runs under its own name, as it did when the goldens
were made by flytekit 1.16.31.
"""

from __future__ import annotations

import functools
import re
import sys
import types
from pathlib import Path

GOLDENS = Path(__file__).parent / "goldens" / "peers" / "workflows_v1"


def names() -> list[str]:
    return sorted(path.stem for path in GOLDENS.glob("*.py"))


def source(name: str) -> str:
    return re.sub(r"\bflytekit\b", "weft", (GOLDENS / f"{name}.py").read_text())


@functools.cache
def load(name: str) -> types.ModuleType:
    """Execute the module once; its entities are declared under its own name."""
    module = types.ModuleType(name)
    module.__file__ = str(GOLDENS / f"{name}.py")
    sys.modules[name] = module
    exec(compile(source(name), module.__file__, "exec", dont_inherit=True), module.__dict__)
    return module


def files(name: str) -> list[Path]:
    return sorted((GOLDENS / name).glob("*.pb"), key=lambda path: int(path.name.split("_")[0]))
