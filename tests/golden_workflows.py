"""Modules written for flytekit, imported as drawloom's, and what flytekit wrote for them.

Only the import lines change: `flytekit` becomes `drawloom.flytekit`. A module runs under its own name, as it did when the goldens
were made by flytekit 1.16.31.
"""

from __future__ import annotations

import functools
import sys
import types
from pathlib import Path

from renamed import renamed

GOLDENS = Path(__file__).parent / "goldens" / "peers" / "workflows_v1"


def names() -> list[str]:
    return sorted(path.stem for path in GOLDENS.glob("*.py"))


OPT_IN = {
    "m40_pickle_any": (
        ("import drawloom.flytekit as fk", "import drawloom.flytekit as fk\nfrom typeengine import Pickle"),
        ("typing.Any", "typing.Annotated[typing.Any, Pickle]"),
        ("-> Thing:", "-> typing.Annotated[Thing, Pickle]:"),
        ("t: Thing", "t: typing.Annotated[Thing, Pickle]"),
        ("typing.Set[int]", "typing.Annotated[typing.Set[int], Pickle]"),
    )
}
"""Pickle is never a fallback in drawloom; a module about pickling opts in, value by value."""


def source(name: str) -> str:
    text = renamed((GOLDENS / f"{name}.py").read_text(), "flytekit")
    for old, new in OPT_IN.get(name, ()):
        text = text.replace(old, new)
    return text


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
