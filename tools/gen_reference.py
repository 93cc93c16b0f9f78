"""Writes docs/reference.md: every public name, by the package that it lives in, for mkdocstrings to fill from the docstrings.

python tools/gen_reference.py           # writes it
python tools/gen_reference.py --check   # 1 if that would change it
"""

from __future__ import annotations

import importlib
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs" / "reference.md"
sys.path.insert(0, str(ROOT / "src"))

from drawloom.exports.public_names import ORIGINS  # noqa: E402

TITLES = {
    "compiler": "Tasks, workflows, plans and their options",
    "typeengine": "Types",
    "drawloom.context": "Inside a task",
    "drawloom.interpreter": "Programs and results",
    "literals": "Messages and errors",
}
GENERATED = {"pb", "LiteralType", "logger", "system_logger"}
"""Names without a docstring of ours: messages, and loggers."""


def document() -> str:
    """The page."""
    parts = ["# API reference", "", "Every name that `import drawloom` offers. Made by `tools/gen_reference.py`.", ""]
    for origin, names in ORIGINS.items():
        parts += [f"## {TITLES.get(origin, f'`{origin}`')}", ""]
        for entry in sorted(names.split(), key=str.lower):
            here, _, there = entry.partition("=")
            parts += [f"### `{here}`", "", *_entry(origin, here, there or here), ""]
    return "\n".join(parts).rstrip("\n") + "\n"


def _entry(origin: str, here: str, there: str) -> list[str]:
    if here in GENERATED:
        return [
            f"`{origin}.{there}`; see [the IDL](idl.md)."
            if origin == "literals"
            else "A logger of the standard library."
        ]
    value = getattr(importlib.import_module(origin), there)
    home = getattr(value, "__module__", None)
    name = getattr(value, "__qualname__", None)
    if name is None or home is None or not hasattr(importlib.import_module(home), name.split(".")[0]):
        return [f"`{origin}.{there}`, a value of `{type(value).__name__}`."]
    return [f"::: {home}.{name}"]


def main() -> int:
    """Write the page, or say whether it is as it should be."""
    if "--check" in sys.argv:
        return int(DOCUMENT.read_text(encoding="utf-8") != document())
    DOCUMENT.write_text(document(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
