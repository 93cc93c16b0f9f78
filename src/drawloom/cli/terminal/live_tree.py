"""A run as it goes on, as a tree: what each node or action is, in what state, since when; folded to what fits on a screen."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple, final

from drawloom.cli.terminal.run_tree import written_name
from drawloom.interpreter import Event, State

SIGNS: Final = {
    State.QUEUED: ("·", "dim"),
    State.RUNNING: ("▸", "bold"),
    State.WAITING: ("?", "yellow"),
    State.RETRYING: ("↻", "yellow"),
    State.SUCCEEDED: ("✓", "green"),
    State.CACHED: ("≡", "cyan"),
    State.RECOVERED: ("↺", "cyan"),
    State.SKIPPED: ("-", "dim"),
    State.FAILED: ("✗", "red"),
    State.TIMED_OUT: ("✗", "red"),
    State.ABORTED: ("✗", "yellow"),
}
"""The sign of each state, and its style."""
ENDED: Final = frozenset(State) - {State.QUEUED, State.RUNNING, State.WAITING, State.RETRYING}
_FOLDED: Final = 8
"""From this many items on, a map shows how many are done, and only those that are not."""
_MODULES = re.compile(r"^(?:\w+\.)+(?=\w)")
_PARTS = re.compile(r"[/\[.]")


class Line(NamedTuple):
    """One line: its indent, the sign of its state with the sign's style, what it is, how long it took, and more in words."""

    depth: int
    sign: str
    style: str
    label: str
    time: str
    detail: str


@final
@dataclass
class _Row:
    """What is known of one node or action."""

    address: str
    label: str = ""
    state: State = State.QUEUED
    attempt: int = 0
    started: float = 0.0
    ended: float = 0.0
    detail: str = ""
    below: list[_Row] = field(default_factory=list["_Row"])

    def take(self, event: Event) -> None:
        """Note what an event says."""
        self.label = short_name(event) or self.label
        self.attempt = event.attempt or self.attempt
        self.detail = event.detail.splitlines()[0] if event.detail else ""
        if event.state in ENDED:
            self.ended = event.time
            self.started = self.started or event.time - event.seconds
        elif event.state is not State.QUEUED:
            self.started = self.started or event.time
        self.state = event.state


def short_name(event: Event) -> str:
    """What a node or action is, as its author called it: the task without its module, `map(square)`, a gate's name."""
    return _MODULES.sub("", written_name(event.entity.name if event.entity is not None else event.name))


@final
class LiveTree:
    """What a run's events have told so far; events may come from any thread."""

    def __init__(self) -> None:
        self._rows: dict[str, _Row] = {}
        self._tops: list[_Row] = []
        self._lock = threading.Lock()

    def take(self, event: Event) -> None:
        """Note one event."""
        with self._lock:
            row = self._rows.get(event.address)
            if row is None:
                row = self._rows[event.address] = _Row(event.address)
                above = self._above(event)
                (above.below if above is not None else self._tops).append(row)
            row.take(event)

    def _above(self, event: Event) -> _Row | None:
        """The nearest thing that a node lies in, or the action that called this one."""
        if event.parent:
            return self._rows.get(event.parent)
        for place in reversed([found.start() for found in _PARTS.finditer(event.address)]):
            if (row := self._rows.get(event.address[:place])) is not None:
                return row
        return None

    def lines(self, now: float, height: int) -> list[Line]:
        """The tree in at most `height` lines; first the parts that have ended are folded away, then the tail is cut off."""
        with self._lock:
            whole = list(self._drawn(self._tops, 0, now, is_short=False))
            if len(whole) <= height:
                return whole
            short = list(self._drawn(self._tops, 0, now, is_short=True))
        left = len(short) - height + 1
        return short if left <= 1 else [*short[: height - 1], Line(0, "…", "dim", f"{left} more", "", "")]

    def _drawn(self, rows: list[_Row], depth: int, now: float, *, is_short: bool) -> Iterator[Line]:
        hidden = 0
        for row in rows:
            has_failed = row.state in {State.FAILED, State.TIMED_OUT, State.ABORTED}
            if row.state in ENDED and not has_failed and (is_short or self._is_many(rows)):
                hidden += 1
                continue
            yield _line(row, depth, now)
            if not (is_short and row.state in ENDED and not has_failed):
                yield from self._drawn(row.below, depth + 1, now, is_short=is_short)
        if hidden:
            sign, style = SIGNS[State.SUCCEEDED]
            yield Line(depth, sign, style, f"{hidden} of {len(rows)} done", "", "")

    @staticmethod
    def _is_many(rows: list[_Row]) -> bool:
        return len(rows) >= _FOLDED and rows[0].address.endswith("]")


def _line(row: _Row, depth: int, now: float) -> Line:
    sign, style = SIGNS[row.state]
    place = _PARTS.split(row.address)[-1].rstrip("]")
    item = f"[{place}] " if row.address.endswith("]") else f"{place} " if re.fullmatch(r"n\d+", place) else ""
    label = f"{item}{row.label}" + (f" (attempt {row.attempt})" if row.attempt > 1 else "")
    time = took((row.ended or now) - row.started) if row.started and row.state is not State.SKIPPED else ""
    return Line(depth, sign, style, label, time, row.detail)


def took(seconds: float) -> str:
    """A time as people say it: `0.25s`, `3m 04s`, `2h 05m`."""
    if seconds < 60:  # noqa: PLR2004 - a minute
        return f"{max(seconds, 0):.2f}s"
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}m {rest:02}s" if minutes < 60 else f"{minutes // 60}h {minutes % 60:02}m"  # noqa: PLR2004 - an hour
