"""Identifiers."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "literals": """
            NodeExecutionIdentifier=pb.NodeExecutionIdentifier ResourceType=pb.ResourceType
            SignalIdentifier=pb.SignalIdentifier TaskExecutionIdentifier=pb.TaskExecutionIdentifier
            WorkflowExecutionIdentifier=pb.WorkflowExecutionIdentifier
        """,
        "drawloom.flytekit.models._messages": "Identifier",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)
