"""Identifiers."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "literals": """
            Identifier=pb.Identifier NodeExecutionIdentifier=pb.NodeExecutionIdentifier
            ResourceType=pb.ResourceType SignalIdentifier=pb.SignalIdentifier
            TaskExecutionIdentifier=pb.TaskExecutionIdentifier
            WorkflowExecutionIdentifier=pb.WorkflowExecutionIdentifier
        """,
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)
