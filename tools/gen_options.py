"""Writes docs/options.md: every option of the calls with which programs are written, from their signatures and tools/options.toml.

python tools/gen_options.py           # writes it
python tools/gen_options.py --check   # 1 if that would change it
"""

from __future__ import annotations

import enum
import inspect
import pathlib
import re
import sys
from collections.abc import Callable, Iterator

if sys.version_info >= (3, 11):
    import tomllib
else:  # the suite's own dependency has a reader on 3.10
    import tomli as tomllib

ROOT = pathlib.Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs" / "options.md"
TEXTS = ROOT / "tools" / "options.toml"
sys.path.insert(0, str(ROOT / "src"))

import drawloom  # noqa: E402
from compiler.graph.overrides import KNOWN  # noqa: E402
from compiler.options.option_table import DEFAULTS, FunctionTaskOptions  # noqa: E402
from drawloom.actions import option_names  # noqa: E402
from drawloom.actions.environment import Environment  # noqa: E402
from drawloom.interpreter import RunOptions  # noqa: E402

HEADER = """# Options

Every option of the decorators and functions that programs are written with, with its type and default. Any other option is an error.
Options that are for a cluster are written into the message, and change nothing in a run on this machine
([why](running.md#not-simulated)). `tools/gen_options.py` makes this page from the signatures.
"""
Option = tuple[str, str, str]
"""Name, type and default."""


def _of_signature(call: Callable[..., object], drop: int = 0) -> Iterator[Option]:
    for parameter in [*inspect.signature(call).parameters.values()][drop:]:
        if parameter.kind in {parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL}:
            continue
        default = parameter.default
        if default is inspect.Parameter.empty:
            shown = "required"
        elif type(default).__module__ in {"enum", "builtins"} or default is None:
            shown = f"`{default!r}`"
        else:
            shown = f"`{default}`" if not repr(default).startswith("<") else ""
        yield parameter.name, str(parameter.annotation), shown


def _of_names(dictionary: type) -> Iterator[Option]:
    kinds: dict[str, object] = {}
    for base in reversed(dictionary.__mro__):
        kinds |= inspect.get_annotations(base) if base is not dict else {}
    for name, kind in kinds.items():
        yield name, str(getattr(kind, "__forward_arg__", kind)), ""


def _named(names: set[str], kind: str = "") -> Iterator[Option]:
    for name in sorted(names):
        yield name, kind, ""


CALLS: dict[str, tuple[str, list[Option]]] = {
    "@task": (
        """Of `@task`, `@dynamic` and `@eager`. [Caching](howto/caching.md), [retries](howto/retries.md),
[resources](howto/resources.md), [secrets](howto/secrets.md) and [decks](howto/decks.md) have pages of their own.""",
        [
            (name, kind, f"`{DEFAULTS[name]!s}`" if isinstance(DEFAULTS[name], enum.Enum) else f"`{DEFAULTS[name]!r}`")
            for name, kind, _ in _of_names(FunctionTaskOptions)
        ],
    ),
    "@workflow": ("[When something fails](howto/failures.md).", [*_of_signature(drawloom.workflow, drop=1)]),
    "LaunchPlan.get_or_create": (
        "`LaunchPlan.create` takes the same, and a name that is not taken. [Launch plans](howto/plans.md).",
        [*_of_signature(drawloom.LaunchPlan.get_or_create)],
    ),
    "map_task": (
        "[One task for each element](howto/maps.md).",
        [*_of_signature(drawloom.map_task), *_named({"bound_inputs_values", "metadata"})],
    ),
    "with_overrides": (
        "Of what a call in a workflow gives, for that node alone: `t(n=1).with_overrides(retries=3)`.",
        [*_named({*KNOWN})],
    ),
    "TaskEnvironment": (
        "[Tasks that call tasks](howto/environments.md). `clone_with(name, ...)` takes the same.",
        [
            *[each for each in _of_signature(drawloom.TaskEnvironment) if each[0] == "name"],
            *_of_signature(Environment.__init__, drop=2),
            *[each for each in _of_signature(drawloom.TaskEnvironment) if each[0] != "name"],
        ],
    ),
    "TaskEnvironment.task": ("`@env.task` and `@env.task(...)`.", [*_of_names(option_names.EnvTaskOptions)]),
    "task.override": (
        "A copy of a task of an environment with other options, for one call: `task.override(retries=5)(n=1)`.",
        [*_of_names(option_names.OverrideOptions)],
    ),
    "with_runcontext": (
        "Settings of a run of a task of an environment: [run contexts](running.md#run-contexts).",
        [*_of_signature(drawloom.with_runcontext), *_of_names(option_names.MoreRunOptions)],
    ),
    "RunOptions": (
        "Settings of a run of a workflow from Python: [Run from Python](howto/scripts.md).",
        [*_of_signature(RunOptions)],
    ),
}


def document() -> str:
    """The page.

    Raises:
        SystemExit: an option without a text, or a text without an option.
    """
    texts = tomllib.loads(TEXTS.read_text(encoding="utf-8"))
    parts = [HEADER]
    for call, (what, options) in CALLS.items():
        said = dict(texts.pop(call))
        names = {name for name, _, _ in options}
        if wrong := sorted(names ^ said.keys()):
            sys.exit(f"tools/options.toml: [{call}] and the code differ in {', '.join(wrong)}")
        parts += [
            f"## `{call}` {{: #{_anchor(call)} }}",
            "",
            what,
            "",
            "| option | type | default | |",
            "|---|---|---|---|",
        ]
        for name, kind, default in options:
            text = said[name]
            shown, words = text if isinstance(text, list) else (_readable(kind), text)
            parts.append(f"| `{name}` | {_cell(shown)} | {default} | {words} |")
        parts.append("")
    if texts:
        sys.exit(f"tools/options.toml: no call {', '.join(texts)}")
    return "\n".join(parts).rstrip("\n") + "\n"


def _anchor(call: str) -> str:
    return re.sub(
        r"[^a-z0-9_]", "", call.lower().replace(".get_or_create", "").replace(".task", "-task").replace("-", "_")
    )


def _readable(kind: str) -> str:
    kind = re.sub(r"\b(?:dt|os|builtins|datetime)\.", "", kind)
    return re.sub(r"\s*\|\s*", " or ", kind)


def _cell(kind: str) -> str:
    return f"`{kind}`" if kind else ""


def main() -> int:
    """Write the page, or say whether it is as it should be."""
    if "--check" in sys.argv:
        return int(DOCUMENT.read_text(encoding="utf-8") != document())
    DOCUMENT.write_text(document(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
