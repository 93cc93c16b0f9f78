"""The programs that a task's container arguments name, and the templates that a platform fills into those arguments."""

from __future__ import annotations

import re
from collections.abc import Mapping

EXECUTE = "drawloom-execute"
MAP = "drawloom-map-execute"
FAST = "drawloom-fast-execute"
OURS = frozenset({EXECUTE, MAP})
"""Programs that run one attempt."""

_TEMPLATE = re.compile(r"\{\{\s*[.$]([^}\s]+)\s*\}\}")

_KNOWN = frozenset(
    [
        "inputs",
        "input",
        "inputprefix",
        "outputprefix",
        "rawoutputdataprefix",
        "perretryuniquekey",
        "tasktemplatepath",
        "prevcheckpointprefix",
        "checkpointoutputprefix",
        "namespace",
    ]
)


def filled(text: str, known: Mapping[str, str]) -> str:
    """An argument with its templates filled in, as Flyte's `template.go` does it.

    `{{.name}}` or `{{ $name }}`, with spaces or without, anywhere in the argument, names without regard to case; in
    `inputs.x` the input's name is as it is. `known`: texts by name. A template of another name stays.
    """
    lower = {name if name.startswith("inputs.") else name.lower(): text for name, text in known.items()}

    def text_of(match: re.Match[str]) -> str:
        name = match.group(1)
        is_input = name.lower().startswith("inputs.")
        return lower.get(f"inputs.{name[len('inputs.') :]}" if is_input else name.lower(), match.group(0))

    return _TEMPLATE.sub(text_of, text)


def templates(text: str) -> list[str]:
    """The names of the templates in an argument that Flyte would fill in, such as `inputs.x` and `namespace`."""
    return [name for name in _TEMPLATE.findall(text) if name.lower().split(".")[0] in _KNOWN]
