"""A workflow that nobody wrote: the body of a conditional's arm that is more than one call.

Its graph is given, and its name is asked for late, since it follows from node ids that are settled late.
"""

from __future__ import annotations

from collections.abc import Callable

from compiler.graph.bind import Bound
from compiler.graph.node import Node, NodeOverrides
from compiler.graph.workflow_graph import WorkflowGraph
from compiler.options.workflow_metadata import WorkflowMetadata, WorkflowMetadataDefaults
from compiler.source.interface import Interface
from compiler.workflows.function_workflow import WorkflowBase


class InnerWorkflow(WorkflowBase):
    """A workflow around given nodes. It is written inside the workflow that it belongs to, and has no plan."""

    is_written = False

    def __init__(
        self,
        name: Callable[[], str],
        interface: Interface,
        nodes: list[Node],
        outputs: list[tuple[str, Bound]],
    ) -> None:
        super().__init__(
            name="",
            workflow_metadata=WorkflowMetadata(),
            workflow_metadata_defaults=WorkflowMetadataDefaults(),
            python_interface=interface,
        )
        self._name_now = name
        self._graph = WorkflowGraph(nodes, outputs)

    @property
    def name(self) -> str:
        """Workflow, branch and arm, as of now."""
        return self._name_now()

    def node_defaults(self) -> NodeOverrides:
        """The last part of the name; it inherits whether it may be interrupted."""
        return NodeOverrides(name=self.name.rpartition(".")[2])
