"""The end of a run on the screen: outputs by name, or the user's error with the user's own lines."""

from __future__ import annotations

import json
import traceback
from collections.abc import Iterable, Mapping
from typing import Any

from rich.markup import escape

from compiler import SourceLocation, definition, is_users
from drawloom.cli.terminal.output import Output, error_document, printable
from typeengine import bytes_to_json, inlined

FRAMES = 3
"""Lines of the user's code that a failure shows."""


def show_outputs(output: Output, literals: Mapping[str, bytes]) -> None:
    """Outputs by name: JSON, or readable text."""
    if output.as_json:
        output.document(
            {"ok": True, "outputs": {name: bytes_to_json(inlined(data)) for name, data in literals.items()}}
        )
        return
    for name, data in literals.items():
        value = bytes_to_json(inlined(data))
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        output.out.print(f"[bold]{escape(printable(name))}[/] = {escape(printable(text))}")


def show_failure(output: Output, error: BaseException, trace: Any, entities: Iterable[Any] = ()) -> None:
    """The user's error with the user's own frames, and the trail through the workflow.

    Where no line of the user's was running, the task is shown where it is defined, if it is one of `entities`.
    """
    notes = [str(note) for note in getattr(error, "__notes__", ())]
    if output.as_json:
        document = error_document(error)
        output.document({"ok": False, "error": {**document, "trail": notes}})
        return
    output.error(error)
    for note in notes:
        output.note(f"  {note}", style="dim")
    frames = [each for each in traceback.extract_tb(trace) if is_users(each.filename)]
    for frame in frames[-FRAMES:]:
        output.note(f"  at {frame.filename}:{frame.lineno} {frame.name}: {(frame.line or '').strip()}", style="dim")
    if not frames and (place := _definition(error, entities)) is not None:
        output.note(f"  at {place} {place.text()}", style="dim")


def say_resume(output: Output, run: str) -> None:
    """How a run that ended early is continued."""
    output.note(f"go on with: drawloom resume {run}")


def _definition(error: BaseException, entities: Iterable[Any]) -> SourceLocation | None:
    """Where the task is written in which an error arose."""
    trail = getattr(error, "drawloom_trail", ())
    name = trail[-1].task if trail else ""
    found = next((each for each in entities if name and getattr(each, "name", "") == name), None)
    return definition(getattr(found, "task_function", None))
