"""An execution on a platform, as it was when it was last asked about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from drawloom.remote.errors import ExecutionStateError
from literals import pb
from typeengine import LiteralsResolver

PHASES = (
    "UNDEFINED",
    "QUEUED",
    "RUNNING",
    "SUCCEEDING",
    "SUCCEEDED",
    "FAILING",
    "FAILED",
    "ABORTED",
    "TIMED_OUT",
    "ABORTING",
)
"""Names of phases by their number on the wire (`WorkflowExecution.Phase` in flyteidl/core/execution.proto)."""
_ENDED = frozenset({"SUCCEEDED", "FAILED", "ABORTED", "TIMED_OUT"})


@dataclass
class RemoteExecution:
    """An execution. `sync` and `wait` of `FlyteRemote` bring it up to date.

    Attributes: `project`, `domain`, `name`; `phase` (a name of `PHASES`); `error` (what it ended with, else ""); `nodes`
    (phase by node id, where they were asked for).
    """

    project: str
    domain: str
    name: str
    phase: str = "UNDEFINED"
    error: str = ""
    nodes: dict[str, str] = field(default_factory=dict[str, str])
    hints: Mapping[str, Any] = field(default_factory=dict[str, Any])
    input_literals: pb.LiteralMap = field(default_factory=pb.LiteralMap)
    output_literals: pb.LiteralMap | None = None

    @property
    def is_done(self) -> bool:
        """Whether it has ended, well or not."""
        return self.phase in _ENDED

    @property
    def is_successful(self) -> bool:
        """Whether it has ended well."""
        return self.phase == "SUCCEEDED"

    @property
    def inputs(self) -> LiteralsResolver:
        """What it was given, by name."""
        return LiteralsResolver(dict(self.input_literals.literals))

    @property
    def outputs(self) -> LiteralsResolver:
        """What it gave, by name; each converts when it is asked for.

        Raises:
            ExecutionStateError: it has not ended, or has not succeeded.
        """
        if self.output_literals is None:
            ended = self.is_done
            raise ExecutionStateError(
                "the execution has no outputs: it has not succeeded" if ended else "the execution has not ended",
                where=f"{self.project}/{self.domain}/{self.name}",
                expected="SUCCEEDED",
                got=f"{self.phase} {self.error}".strip(),
                fix="look at its error" if ended else "wait for it: FlyteRemote.wait(execution)",
            )
        found = LiteralsResolver(dict(self.output_literals.literals))
        found.update_type_hints(dict(self.hints))
        return found
