"""What a run says while it goes on: a line for each node that ended, and on a terminal what is running right now."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Final, final

from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from drawloom.cli.output import Output
from drawloom.cli.run_tree import written_name
from drawloom.interpreter import Event
from drawloom.interpreter import State as NodeState

_SIGNS: Final = {
    NodeState.SUCCEEDED: ("✓", "green"),
    NodeState.CACHED: ("≡", "cyan"),
    NodeState.RECOVERED: ("↺", "cyan"),
    NodeState.SKIPPED: ("-", "dim"),
    NodeState.FAILED: ("✗", "red"),
    NodeState.TIMED_OUT: ("✗", "red"),
    NodeState.ABORTED: ("✗", "yellow"),
    NodeState.RETRYING: ("↻", "yellow"),
    NodeState.WAITING: ("?", "yellow"),
}
SIGNS: Final = {state.value: sign for state, (sign, _) in _SIGNS.items()}
"""The sign of each state, by its word."""
_ENDED: Final = frozenset(
    {
        NodeState.SUCCEEDED,
        NodeState.CACHED,
        NodeState.RECOVERED,
        NodeState.SKIPPED,
        NodeState.FAILED,
        NodeState.TIMED_OUT,
        NodeState.ABORTED,
    }
)


@final
class ProgressLines:
    """An observer of a run. A context manager: the live part of the screen is there for the block only."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._started: dict[str, float] = {}
        self._shown: dict[str, TaskID] = {}
        self._live: Progress | None = None

    def __enter__(self) -> ProgressLines:
        if self._output.is_terminal:
            columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
            self._live = Progress(*columns, console=self._output.err, transient=True)
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def __call__(self, event: Event) -> None:
        """Note one event."""
        if not event.address:
            return
        label = written_name(event.entity.name if event.entity is not None else event.name)
        if event.state is NodeState.RUNNING:
            self._started.setdefault(event.address, time.monotonic())
            if self._live is not None and event.address not in self._shown:
                self._shown[event.address] = self._live.add_task(f"{event.address} {escape(label)}", total=None)
            return
        if event.state in _ENDED and self._live is not None and event.address in self._shown:
            self._live.remove_task(self._shown.pop(event.address))
        if event.state not in _SIGNS:
            return
        sign, style = _SIGNS[event.state]
        now = time.monotonic()
        seconds = now - self._started.pop(event.address, now)  # an item that failed before it ran took no time
        text = f"{event.address} {label}"
        if event.attempt > 1:
            text += f" (attempt {event.attempt})"
        if event.state in {NodeState.SUCCEEDED, NodeState.FAILED, NodeState.TIMED_OUT}:
            text += f" {seconds:.2f}s"
        detail = event.detail.splitlines()[0] if event.detail else ""
        if detail:
            text += f": {detail}"
        if self._output.is_terminal:
            self._output.err.print(f"[{style}]{sign}[/] {escape(text)}")
        else:
            self._output.note(f"{event.state.value.lower()} {text}")
