"""The record of a run of actions: `run.json` and one line of `actions.jsonl` for each action that ended.

Written when the run ends, in one go and under its final name; the folder is made then too, unless something else in the
run needed it before.
"""

from __future__ import annotations

import functools
import json
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple, final

from context import is_remote, local_path


@final
class ActionRecord(NamedTuple):
    """One action that ended.

    Attributes: `name`, `task`, `parent` (the calling action; None for the first), `group`, `phase`, `seconds`, `attempts`,
    `failures` (of attempts that failed), `cached`, `error` (of the action), `outputs` (literal bytes by name).
    """

    name: str
    task: str
    parent: str | None
    group: str | None
    phase: str
    seconds: float
    attempts: int
    failures: tuple[dict[str, Any], ...]
    cached: bool
    error: str | None
    outputs: Mapping[str, bytes] | None


_text: Final = functools.lru_cache(maxsize=1024)(json.dumps)
_encode: Final = json.JSONEncoder(ensure_ascii=False).encode


@final
class RunRecord:
    """What happened in a run. Adding is thread-safe and costs no I/O."""

    def __init__(self, name: str, folder: str) -> None:
        self.name = name
        self.folder = folder
        self.actions: list[ActionRecord] = []
        self.summary: dict[str, Any] = {"name": name}

    def add(self, action: ActionRecord) -> None:
        """Note an action that ended."""
        self.actions.append(action)

    def close(self) -> None:
        """Write both files; a remote folder gets none."""
        if is_remote(self.folder):
            return
        folder = local_path(self.folder)
        folder.mkdir(parents=True, exist_ok=True)
        lines = "".join(_line(action) + "\n" for action in self.actions)
        _write(folder / "actions.jsonl", lines)
        _write(folder / "run.json", json.dumps(self.summary, ensure_ascii=False, indent=2, default=str) + "\n")


def _line(action: ActionRecord) -> str:
    """One line of JSON."""
    if action.error is not None or action.failures or action.group is not None or action.cached:
        return _encode(_plain(action))
    # The usual row by hand: names of actions and outputs need no escaping, and the encoder costs more than the action.
    parent = f', "parent": "{action.parent}"' if action.parent is not None else ""
    outputs = ""
    if action.outputs:
        values = ", ".join([f'"{name}": "{b64encode(data).decode()}"' for name, data in action.outputs.items()])
        outputs = f', "outputs": {{{values}}}'
    return (
        f'{{"name": "{action.name}", "task": {_text(action.task)}, "phase": "{action.phase}", '
        f'"seconds": {action.seconds:.6f}{parent}, "attempts": {action.attempts}{outputs}}}'
    )


def _plain(action: ActionRecord) -> dict[str, Any]:
    """The fields that say something. By name: this runs for each action, and anything general costs more than the action."""
    row: dict[str, Any] = {"name": action.name, "task": action.task, "phase": action.phase, "seconds": action.seconds}
    if action.parent is not None:
        row["parent"] = action.parent
    if action.group is not None:
        row["group"] = action.group
    if action.cached:
        row["cached"] = True
    else:
        row["attempts"] = action.attempts
    if action.failures:
        row["failures"] = action.failures
    if action.error is not None:
        row["error"] = action.error
    if action.outputs:
        row["outputs"] = {name: b64encode(data).decode() for name, data in action.outputs.items()}
    return row


def _write(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
