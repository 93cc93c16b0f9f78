"""Where an action or a run stands, in Flyte 2's words."""

from __future__ import annotations

import enum


class ActionPhase(str, enum.Enum):
    """A phase. A local run is only ever running, succeeded, failed or aborted."""

    QUEUED = "queued"
    WAITING_FOR_RESOURCES = "waiting_for_resources"
    INITIALIZING = "initializing"
    RUNNING = "running"
    PAUSED = "paused"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    ABORTED = "aborted"
    TIMED_OUT = "timed_out"
    RECOVERED = "recovered"

    @property
    def is_terminal(self) -> bool:
        """Whether nothing more will happen."""
        return self in _ENDS

    def __str__(self) -> str:
        return self.value


_ENDS = frozenset(
    {ActionPhase.SUCCEEDED, ActionPhase.FAILED, ActionPhase.ABORTED, ActionPhase.TIMED_OUT, ActionPhase.RECOVERED}
)
