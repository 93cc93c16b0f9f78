"""The decks of one attempt: what the task's author adds, and the tabs that a task gets on its own.

They are written as `deck.html` where the attempt's outputs go, else into the folder of the run's record (`decks`, below it one
folder for each node, and in that one for each attempt), however the attempt ends. The fields are flytekit's: times, source code, packages, inputs and outputs.
"""

from __future__ import annotations

import inspect
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, final

from drawloom import context as ambient
from drawloom.interpreter.record.files import write_atomic
from literals import attempt
from typeengine import TypeEngine

if TYPE_CHECKING:
    from drawloom.context import Deck, ExecutionParameters


class DeckedTask(Protocol):
    """What is asked of a task that has decks."""

    @property
    def deck_fields(self) -> tuple[Any, ...]:
        """The tabs that it gets on its own."""
        ...

    @property
    def python_interface(self) -> Any:
        """Names and types of inputs and outputs."""
        ...


@final
class AttemptDecks:
    """The decks of one attempt of a task that has them switched on."""

    def __init__(self, task: DeckedTask, params: ExecutionParameters) -> None:
        self._task = task
        self._params = params
        self._fields = {str(getattr(field, "value", field)) for field in task.deck_fields}
        self._inputs: Mapping[str, Any] = {}
        self._outputs: Mapping[str, Any] | None = None
        self._started = self._now()
        if "Timeline" in self._fields:
            params.decks.append(params.timeline_deck)

    @staticmethod
    def _now() -> tuple[datetime, float, float]:
        return datetime.now(timezone.utc), time.perf_counter(), time.process_time()

    def _part(self, name: str) -> None:
        start, wall, process = self._started
        finish, wall_now, process_now = self._started = self._now()
        self._params.timeline_deck.append_time_info(
            {
                "Name": name,
                "Start": start,
                "Finish": finish,
                "WallTime": wall_now - wall,
                "ProcessTime": process_now - process,
            }
        )

    def decoded(self, inputs: Mapping[str, Any]) -> None:
        """The inputs are read."""
        self._inputs = inputs
        self._part("Read the inputs")

    def returned(self, outputs: Mapping[str, Any]) -> None:
        """The task's own code has returned these outputs."""
        self._outputs = outputs
        self._part("Run the task's code")

    def end(self, folder: Path | None) -> None:
        """Add the tabs that need the end, and write the page. `folder`: of the node, in the run's record; None without one.

        What shows a value may be a user's code; where that fails, the tab has the error's text.

        Raises:
            OSError, DrawloomError: the page cannot be written.
        """
        self._part("Write the outputs" if self._outputs is not None else "Run the task's code")
        interface = self._task.python_interface
        if "Source Code" in self._fields and (source := _source(self._task)):
            self._add("Source Code", ambient.source_html(source))
        if "Dependencies" in self._fields:
            self._add("Dependencies", ambient.packages_html())
        if "Input" in self._fields:
            self._add("Input", _values(self._inputs, interface.inputs))
        if "Output" in self._fields and self._outputs is not None:
            self._add("Output", _values(self._outputs, interface.outputs))
        decks: list[Deck] = self._params.decks
        if not decks:
            return
        page = ambient.sealed_page(ambient.deck_page(decks))
        if self._params.output_metadata_prefix:
            place = ambient.join(self._params.output_metadata_prefix, ambient.DECK_FILE)
            ambient.file_access().write_bytes(place, page)
        elif folder is not None:
            write_deck(folder, page)

    def _add(self, name: str, content: str) -> None:
        deck = ambient.Deck(name, content, auto_add_to_deck=False)
        self._params.decks.append(deck)


def write_deck(folder: Path, page: bytes) -> None:
    """Write the page of one attempt into the folder of its node."""
    write_atomic(_next(folder) / ambient.DECK_FILE, page, sync=False)


def _next(folder: Path) -> Path:
    """A folder of this attempt's own: attempts that overlap do not share one."""
    number = 1
    while (folder / str(number)).exists():
        number += 1
    return folder / str(number)


def _source(task: object) -> str:
    function = getattr(task, "task_function", None)
    with suppress(OSError, TypeError):  # no file, or no function
        return inspect.getsource(inspect.unwrap(function)) if callable(function) else ""
    return ""


def _values(values: Mapping[str, Any], types: Mapping[str, Any]) -> str:
    shown: list[str] = []
    for name, value in values.items():
        made = attempt(TypeEngine.to_html, ambient.FlyteContextManager.current_context(), value, types[name])
        shown.append(made.value or "" if made.error is None else f"<pre>{type(made.error).__name__}</pre>")
    return "\n".join(f"<h4>{name}</h4>\n{each}" for name, each in zip(values, shown, strict=True))
