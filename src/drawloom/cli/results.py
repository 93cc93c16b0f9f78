"""The end of a run on the screen: outputs by name, or the user's error with the user's own lines."""

from __future__ import annotations

import json
import traceback
from collections.abc import Mapping
from typing import Any

from rich.markup import escape

from drawloom.cli.output import Output, error_document, printable
from literals import OUR_FOLDERS
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


def show_failure(output: Output, error: BaseException, trace: Any) -> None:
    """The user's error with the user's own frames, and the trail through the workflow."""
    notes = [str(note) for note in getattr(error, "__notes__", ())]
    if output.as_json:
        document = error_document(error)
        output.document({"ok": False, "error": {**document, "trail": notes}})
        return
    output.error(error)
    for note in notes:
        output.note(f"  {note}", style="dim")
    frames = traceback.extract_tb(trace) if trace is not None else []
    theirs = [frame for frame in frames if not frame.filename.startswith(OUR_FOLDERS)]
    for frame in theirs[-FRAMES:]:
        output.note(f"  at {frame.filename}:{frame.lineno} {frame.name}: {(frame.line or '').strip()}", style="dim")
