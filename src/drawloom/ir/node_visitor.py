"""The one dispatch over kinds of nodes: a visitor with one method for each kind, and the questions asked most often.

Whoever does something for every kind of node subclasses `NodeVisitor`; a kind that it forgets is an error when it is made,
and a kind that this file forgets is one for the type checker. Whoever asks about one kind only asks the message. What a run
has planned has kinds of its own, of which `drawloom.interpreter.program.graph.Target` is the list.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Generic, ParamSpec, TypeVar, final

from literals import pb

P = ParamSpec("P")
R = TypeVar("R")

NODE_KINDS = "a task, workflow, branch, gate or array"
"""What a node may run, for errors about one that says nothing."""


class NodeVisitor(ABC, Generic[P, R]):
    """Work on a node that differs by what it runs; each method is named after the field of `Node` that is set.

    A method gets the node and the message in that field. `P` are the arguments that it takes besides, `R` is what it returns.
    """

    __slots__ = ()

    def visit(self, node: pb.Node, /, *args: P.args, **kwargs: P.kwargs) -> R:
        """What the method of this node's kind gives."""
        match node.WhichOneof("target"):
            case "task_node":
                return self.task_node(node, node.task_node, *args, **kwargs)
            case "workflow_node":
                return self.workflow_node(node, node.workflow_node, *args, **kwargs)
            case "branch_node":
                return self.branch_node(node, node.branch_node, *args, **kwargs)
            case "gate_node":
                return self.gate_node(node, node.gate_node, *args, **kwargs)
            case "array_node":
                return self.array_node(node, node.array_node, *args, **kwargs)
            case None:
                return self.unset(node, *args, **kwargs)

    @abstractmethod
    def task_node(self, node: pb.Node, target: pb.TaskNode, /, *args: P.args, **kwargs: P.kwargs) -> R:
        """A node that runs a task."""

    @abstractmethod
    def workflow_node(self, node: pb.Node, target: pb.WorkflowNode, /, *args: P.args, **kwargs: P.kwargs) -> R:
        """A node that runs a workflow, by itself or through a launch plan."""

    @abstractmethod
    def branch_node(self, node: pb.Node, target: pb.BranchNode, /, *args: P.args, **kwargs: P.kwargs) -> R:
        """A node that runs one of the nodes in its arms."""

    @abstractmethod
    def gate_node(self, node: pb.Node, target: pb.GateNode, /, *args: P.args, **kwargs: P.kwargs) -> R:
        """A node that waits: for a time, an approval or a value."""

    @abstractmethod
    def array_node(self, node: pb.Node, target: pb.ArrayNode, /, *args: P.args, **kwargs: P.kwargs) -> R:
        """A node that runs the node in it for each item of lists."""

    @abstractmethod
    def unset(self, node: pb.Node, /, *args: P.args, **kwargs: P.kwargs) -> R:
        """A node of which no kind is set."""


def workflow_reference(target: pb.WorkflowNode) -> pb.Identifier:
    """What a workflow node runs: the launch plan or the workflow; an empty identifier where it does not say."""
    return target.launchplan_ref if target.HasField("launchplan_ref") else target.sub_workflow_ref


@final
class _EntityOfNode(NodeVisitor[[], "pb.Identifier | None"]):
    def task_node(self, _: pb.Node, target: pb.TaskNode, /) -> pb.Identifier:
        return target.reference_id

    def workflow_node(self, _: pb.Node, target: pb.WorkflowNode, /) -> pb.Identifier:
        return workflow_reference(target)

    def branch_node(self, _: pb.Node, __: pb.BranchNode, /) -> None:
        return None

    def gate_node(self, _: pb.Node, __: pb.GateNode, /) -> None:
        return None

    def array_node(self, _: pb.Node, __: pb.ArrayNode, /) -> None:
        return None

    def unset(self, _: pb.Node, /) -> None:
        return None


_ENTITY_OF_NODE = _EntityOfNode()


def entity_of_node(node: pb.Node) -> pb.Identifier | None:
    """The task, workflow or launch plan that a node runs by itself (an empty identifier where it does not say which).

    None for a node of another kind: one that decides, waits, or runs the nodes inside it.
    """
    return _ENTITY_OF_NODE.visit(node)
