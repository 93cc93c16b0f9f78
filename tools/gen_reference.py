"""Writes docs/reference.md and docs/modules.md: every public name of drawloom and of its modules, for mkdocstrings to fill in.

python tools/gen_reference.py           # writes it
python tools/gen_reference.py --check   # 1 if that would change it
"""

from __future__ import annotations

import enum
import importlib
import inspect
import pathlib
import re
import sys
import typing

ROOT = pathlib.Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference.md"
MODULES = ROOT / "docs" / "modules.md"
sys.path.insert(0, str(ROOT / "src"))

from drawloom.exports.public_names import ORIGINS, SUBMODULES  # noqa: E402

TITLES = {
    "compiler": "Tasks, workflows, plans and their options",
    "typeengine": "Types",
    "drawloom.context": "Inside a task",
    "drawloom.interpreter": "Programs and results",
    "literals": "Messages and errors",
}
WIDTH = 90
PEERS = {"flyte", "flytekit"}
"""Their names are the peers', and have tables of their own."""
GENERATED = {"pb", "LiteralType", "logger", "system_logger"}
"""Names without a docstring of ours: messages, and loggers."""


def reference() -> str:
    """The page of the names of drawloom itself."""
    parts = ["# API reference", "", "Every name that `import drawloom` offers. Made by `tools/gen_reference.py`.", ""]
    for origin, names in ORIGINS.items():
        parts += [f"## {TITLES.get(origin, f'`{origin}`')}", ""]
        for entry in sorted(names.split(), key=str.lower):
            here, _, there = entry.partition("=")
            parts += [f"### `{here}`", "", *_entry(origin, here, there or here), ""]
    return "\n".join(parts).rstrip("\n") + "\n"


def modules() -> str:
    """The page of the names of its modules."""
    parts = ["# Modules", "", "The names of the modules below `drawloom`. Made by `tools/gen_reference.py`.", ""]
    for short in SUBMODULES:
        module = importlib.import_module(f"drawloom.{short}")
        names = getattr(module, "__all__", ())
        if short in PEERS or not names:
            continue
        first = (module.__doc__ or "").split("\n\n")[0].replace("\n", " ")
        parts += [f"## `drawloom.{short}`", "", first, ""]
        for name in sorted(names, key=str.lower):
            parts += [f"### `{short}.{name}`", "", *_entry(module.__name__, f"{short}.{name}", name), ""]
    return "\n".join(parts).rstrip("\n") + "\n"


def _entry(origin: str, here: str, there: str) -> list[str]:
    if here in GENERATED:
        return [
            f"`{origin}.{there}`; see [the IDL](idl.md)."
            if origin == "literals"
            else "A logger of the standard library."
        ]
    value = getattr(importlib.import_module(origin), there)
    if typing.get_origin(value) is typing.Literal:
        return [f"One of {', '.join(f'`{each!r}`' for each in typing.get_args(value))}."]
    home = getattr(value, "__module__", None)
    name = getattr(value, "__qualname__", None)
    if name is None or home is None or not hasattr(importlib.import_module(home), name.split(".")[0]):
        return [f"`{origin}.{there}`, a value of `{type(value).__name__}`."]
    return [*_call(value, here), f"::: {home}.{name}"]


def _call(value: object, here: str) -> list[str]:
    """How it is called, with types and defaults, as a block of code; nothing for what is called in no way of its own."""
    if isinstance(value, type) and issubclass(value, (enum.Enum, BaseException)):
        return []
    try:
        signature = inspect.signature(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return []
    parameters = [each for each in signature.parameters.values() if not each.name.startswith("_")]
    if not parameters or any(each.kind is each.VAR_POSITIONAL for each in parameters):
        return []
    arguments = [_argument(each) for each in parameters]
    for marks, kind in (("*", inspect.Parameter.KEYWORD_ONLY), ("/", inspect.Parameter.POSITIONAL_ONLY)):
        at = [index for index, each in enumerate(parameters) if each.kind is kind]
        if at:
            arguments.insert(at[0] if marks == "*" else at[-1] + 1, marks)
    gives = "" if isinstance(value, type) else _annotation(signature.return_annotation)
    result = f" -> {gives}" if gives else ""
    line = f"{here}({', '.join(arguments)}){result}"
    if len(line) > WIDTH:
        inside = "".join(f"    {argument},\n" for argument in arguments)
        line = f"{here}(\n{inside}){result}"
    return ["```python", line, "```", ""]


def _argument(parameter: inspect.Parameter) -> str:
    stars = "**" if parameter.kind is parameter.VAR_KEYWORD else ""
    kind = _annotation(parameter.annotation)
    text = f"{stars}{parameter.name}: {kind}" if kind else f"{stars}{parameter.name}"
    if parameter.default is parameter.empty:
        return text
    # Of an object the address would be shown, and of a value that is made anew nothing.
    shown = repr(parameter.default)
    if isinstance(parameter.default, enum.Enum):
        shown = f"{type(parameter.default).__name__}.{parameter.default.name}"
    return f"{text}{' = ' if kind else '='}{'...' if '<' in shown else shown}"


def _annotation(kind: object) -> str:
    """An annotation as it is written, without modules that say nothing to a reader."""
    if kind is inspect.Parameter.empty:
        return ""
    text = kind if isinstance(kind, str) else kind.__name__ if isinstance(kind, type) else str(kind)
    return re.sub(r"\b(?:typing|datetime|dt|os|collections\.abc|builtins)\.", "", text)


def main() -> int:
    """Write the pages, or say whether they are as they should be."""
    pages = {REFERENCE: reference(), MODULES: modules()}
    if "--check" in sys.argv:
        return int(any(path.read_text(encoding="utf-8") != text for path, text in pages.items()))
    for path, text in pages.items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
