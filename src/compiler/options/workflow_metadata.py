"""Settings of a workflow itself, and those that it hands down to its nodes."""

from __future__ import annotations

import enum
from typing import Any

from compiler.errors import FlyteValidationException
from literals import pb, preview


class WorkflowFailurePolicy(enum.Enum):
    """What happens to the rest when a node fails."""

    FAIL_IMMEDIATELY = 0
    FAIL_AFTER_EXECUTABLE_NODES_COMPLETE = 1


class WorkflowMetadata:
    """Settings of the workflow itself. A plain class: made for every workflow, at import."""

    __slots__ = ("on_failure",)

    def __init__(self, on_failure: WorkflowFailurePolicy = WorkflowFailurePolicy.FAIL_IMMEDIATELY) -> None:
        given: Any = on_failure
        if not isinstance(given, WorkflowFailurePolicy):
            raise FlyteValidationException(
                "the failure policy is not a WorkflowFailurePolicy",
                got=preview(given),
                fix="use WorkflowFailurePolicy.FAIL_IMMEDIATELY or FAIL_AFTER_EXECUTABLE_NODES_COMPLETE",
                expected="a member of WorkflowFailurePolicy",
            )
        self.on_failure = on_failure

    def to_message(self) -> pb.WorkflowMetadata:
        """The wire form."""
        made = pb.WorkflowMetadata()
        if self.on_failure is WorkflowFailurePolicy.FAIL_AFTER_EXECUTABLE_NODES_COMPLETE:
            made.on_failure = pb.WorkflowMetadata.FAIL_AFTER_EXECUTABLE_NODES_COMPLETE
        return made

    to_flyte_model = to_message

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WorkflowMetadata) and other.on_failure is self.on_failure

    def __hash__(self) -> int:
        return hash(self.on_failure)

    def __repr__(self) -> str:
        return f"WorkflowMetadata(on_failure={self.on_failure})"


class WorkflowMetadataDefaults:
    """Settings handed down to the workflow's nodes. A plain class, for the same reason."""

    __slots__ = ("interruptible",)

    def __init__(self, interruptible: bool = False) -> None:  # noqa: FBT001, FBT002 - flytekit's parameter
        given: Any = interruptible
        if not isinstance(given, bool):
            raise FlyteValidationException(
                "`interruptible` is neither True nor False",
                got=preview(given),
                expected="True or False",
                fix="write interruptible=True for tasks that may be taken away from their machine",
            )
        self.interruptible = interruptible

    def to_message(self) -> pb.WorkflowMetadataDefaults:
        """The wire form."""
        return pb.WorkflowMetadataDefaults(interruptible=self.interruptible)

    to_flyte_model = to_message

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WorkflowMetadataDefaults) and other.interruptible is self.interruptible

    def __hash__(self) -> int:
        return hash(self.interruptible)

    def __repr__(self) -> str:
        return f"WorkflowMetadataDefaults(interruptible={self.interruptible})"
