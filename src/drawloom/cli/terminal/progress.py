"""What a run says while it goes on: a tree with states and times on a terminal, a line for each node that ended elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Final, final

from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live
from rich.text import Text

from drawloom.cli.terminal.live_tree import Line, LiveTree
from drawloom.cli.terminal.output import Output, printable
from drawloom.cli.terminal.run_tree import written_name
from drawloom.interpreter import Event, GateRequest, State

Ask = Callable[[GateRequest], "bytes | bool"]

_TIMED: Final = frozenset({State.SUCCEEDED, State.FAILED, State.TIMED_OUT})
_SILENT: Final = frozenset({State.QUEUED, State.RUNNING})
_LONGEST: Final = 200
"""Lines of a tree that stay on the terminal after a run."""


@final
class ProgressLines:
    """An observer of a run. A context manager: the live part of the screen is there for the block only.

    `has_addresses`: whether lines name the address of a node; those of actions say nothing to a person.
    """

    def __init__(self, output: Output, *, has_addresses: bool = True) -> None:
        self._output = output
        self._has_addresses = has_addresses
        self._started: dict[str, float] = {}
        self._tree = LiveTree()
        self._live: Live | None = None

    def __enter__(self) -> ProgressLines:
        if self._output.is_terminal:
            self._live = self._begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None
            for line in self._tree.lines(time.time(), _LONGEST):
                self._output.err.print(_shown(line, self._output.err.width))

    def _begin(self) -> Live:
        # What tasks print comes above the tree; into a pipe it goes as it is.
        live = Live(
            self, console=self._output.err, transient=True, refresh_per_second=8, redirect_stdout=sys.stdout.isatty()
        )
        live.start()
        return live

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The tree as it is now, for the terminal's size."""
        for line in self._tree.lines(time.time(), max(options.size.height - 2, 3)):
            yield _shown(line, console.width)

    def asking(self, ask: Ask) -> Ask:
        """The same question, with the screen to itself while it is asked."""

        def asked(request: GateRequest) -> bytes | bool:
            if self._live is None:
                return ask(request)
            self._live.stop()
            try:
                return ask(request)
            finally:
                self._live = self._begin()

        return asked

    def __call__(self, event: Event) -> None:
        """Note one event."""
        if not event.address:
            return
        if self._output.is_terminal:
            self._tree.take(event)
        else:
            self._say(event)

    def _say(self, event: Event) -> None:
        """One plain line for a change that somebody may want to know of."""
        if event.state is State.RUNNING:
            self._started.setdefault(event.address, time.monotonic())
        if event.state in _SILENT:
            return
        now = time.monotonic()
        seconds = now - self._started.pop(event.address, now)  # an item that failed before it ran took no time
        label = written_name(event.entity.name if event.entity is not None else event.name)
        place = f" {event.address}" if self._has_addresses else ""
        text = f"{event.state.value.lower()}{place} {label}"
        if event.attempt > 1:
            text += f" (attempt {event.attempt})"
        if event.state in _TIMED:
            text += f" {event.seconds or seconds:.2f}s"
        if event.detail:
            text += f": {event.detail.splitlines()[0]}"
        self._output.note(text)


def _shown(line: Line, width: int) -> Text:
    """One line in at most `width` columns: the detail gives way first, then the name; sign and time stay."""
    text = Text("  " * min(line.depth, max(width // 8, 1)), no_wrap=True)
    text.append(line.sign, line.style)
    text.append(f" {printable(line.label)}")
    time_ = f" {line.time}" if line.time else ""
    text.truncate(max(width - len(time_) - 1, 4), overflow="ellipsis")
    text.append(time_, "dim")
    if line.detail:
        text.append(f": {printable(line.detail)}", "dim")
        text.truncate(max(width - 1, 8), overflow="ellipsis")
    return text
