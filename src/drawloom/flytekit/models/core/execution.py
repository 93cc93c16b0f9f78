"""Phases."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "compiler": "WorkflowExecutionPhase",
        "literals": """
            NodeExecution=pb.NodeExecution TaskExecution=pb.TaskExecution TaskLog=pb.TaskLog
            WorkflowExecution=pb.WorkflowExecution
        """,
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)
