"""Settings of a workflow itself, and those that it hands down to its nodes."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any

from compiler.errors import FlyteValidationException
from literals import pb, preview


class WorkflowFailurePolicy(enum.Enum):
    """What happens to the rest when a node fails."""

    FAIL_IMMEDIATELY = 0
    FAIL_AFTER_EXECUTABLE_NODES_COMPLETE = 1


@dataclass(frozen=True)
class WorkflowMetadata:
    """Settings of the workflow itself."""

    on_failure: WorkflowFailurePolicy = WorkflowFailurePolicy.FAIL_IMMEDIATELY

    def __post_init__(self) -> None:
        given: Any = self.on_failure
        if not isinstance(given, WorkflowFailurePolicy):
            raise FlyteValidationException(
                "the failure policy is not a WorkflowFailurePolicy",
                got=preview(self.on_failure),
                fix="use WorkflowFailurePolicy.FAIL_IMMEDIATELY or FAIL_AFTER_EXECUTABLE_NODES_COMPLETE",
            )

    def to_message(self) -> pb.WorkflowMetadata:
        """The wire form."""
        made = pb.WorkflowMetadata()
        if self.on_failure is WorkflowFailurePolicy.FAIL_AFTER_EXECUTABLE_NODES_COMPLETE:
            made.on_failure = pb.WorkflowMetadata.FAIL_AFTER_EXECUTABLE_NODES_COMPLETE
        return made

    to_flyte_model = to_message


@dataclass(frozen=True)
class WorkflowMetadataDefaults:
    """Settings handed down to the workflow's nodes."""

    interruptible: bool = False

    def __post_init__(self) -> None:
        given: Any = self.interruptible
        if not isinstance(given, bool):
            raise FlyteValidationException("`interruptible` is neither True nor False", got=preview(self.interruptible))

    def to_message(self) -> pb.WorkflowMetadataDefaults:
        """The wire form."""
        return pb.WorkflowMetadataDefaults(interruptible=self.interruptible)

    to_flyte_model = to_message
