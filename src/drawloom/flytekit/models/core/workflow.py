"""Workflows' messages."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "literals": """
            Alias=pb.Alias ApproveCondition=pb.ApproveCondition ArrayNode=pb.ArrayNode
            BranchNode=pb.BranchNode GateNode=pb.GateNode IfBlock=pb.IfBlock
            IfElseBlock=pb.IfElseBlock Node=pb.Node NodeMetadata=pb.NodeMetadata
            SignalCondition=pb.SignalCondition SleepCondition=pb.SleepCondition TaskNode=pb.TaskNode
            TaskNodeOverrides=pb.TaskNodeOverrides WorkflowMetadata=pb.WorkflowMetadata
            WorkflowMetadataDefaults=pb.WorkflowMetadataDefaults WorkflowNode=pb.WorkflowNode
            WorkflowTemplate=pb.WorkflowTemplate
        """,
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)
