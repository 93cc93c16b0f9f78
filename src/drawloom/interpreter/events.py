"""What observers of a run are told.

An observer is any callable that takes an `Event`. Events come from the run's coordinating thread, in an order that is
right for each node; observers must be quick, and what they raise is the run's error.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import NamedTuple, final

from drawloom.ir import Key


@final
class State(str, enum.Enum):
    """Where a node stands. The words are `NodeExecution.Phase`'s."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    WAITING = "WAITING"
    RETRYING = "RETRYING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"
    TIMED_OUT = "TIMED_OUT"
    ABORTED = "ABORTED"
    RECOVERED = "RECOVERED"
    CACHED = "CACHED"

    def __str__(self) -> str:
        return self.value


class Event(NamedTuple):
    """One change of one node.

    Attributes: `address` (the node in the run, `""` for the run itself), `state`, `name` (its display name), `entity` (what
    it runs; None for branches and gates), `attempt` (from 1; 0 where none), `time` (seconds since the epoch), `detail` (an
    error's text, a gate's question), `parent` (the address of the action that called this one; a node's is in its own address),
    `seconds` (how long it took, where that is known).
    """

    address: str
    state: State
    name: str
    entity: Key | None
    attempt: int
    time: float
    detail: str = ""
    parent: str = ""
    seconds: float = 0.0


Observer = Callable[[Event], None]
