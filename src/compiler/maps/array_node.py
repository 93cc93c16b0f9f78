"""A map over what is not a task: a launch plan, a workflow through its default plan, or a reference task.

The array node's inner node calls the target itself. Called outside a workflow, the map runs as the one node of a workflow.
"""

# ruff: noqa: FBT001, FBT002, PLR0917 - the signatures are flytekit's, positions included

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from compiler.graph.bind import bind
from compiler.graph.call import call_entity
from compiler.graph.node import Entity, Node, NodeEmitter, NodeOverrides, dns_name, start_node
from compiler.graph.promise import NodeOutput, Promise
from compiler.graph.trace import input_promises
from compiler.graph.workflow_graph import WorkflowGraph
from compiler.maps.array_interface import (
    Limits,
    check_bound,
    check_lengths,
    list_interface,
    several_outputs,
    with_bound,
)
from compiler.options.workflow_metadata import WorkflowMetadata, WorkflowMetadataDefaults
from compiler.source.interface import Interface
from compiler.workflows.function_workflow import WorkflowBase
from compiler.workflows.reference import ReferenceTask
from drawloom.context import current
from literals import pb

_FULL_STATE = 1
_INDIVIDUAL_INPUT_FILES = 1


class ArrayNode:
    """A map over a launch plan or a reference task: the inner node calls the target itself."""

    resource_type = 0
    is_written = False
    has_constant_target = False
    takes_task_overrides = False

    def __init__(
        self,
        target: Entity,
        concurrency: int | None = None,
        min_successes: int | None = None,
        min_success_ratio: float | None = None,
        run_all_sub_nodes: bool = False,
        bound_inputs_values: Mapping[str, Any] | None = None,
    ) -> None:
        self.target = target
        self._limits = Limits(concurrency, min_successes, min_success_ratio, run_all_sub_nodes=run_all_sub_nodes)
        interface: Interface = target.python_interface
        fixed = getattr(target, "fixed_inputs", None)
        excluded = set(fixed.literals) if fixed is not None else set[str]()
        self._bound_values = dict(bound_inputs_values or {})
        check_bound(self._bound_values, interface, target.name)
        if len(interface.outputs) > 1:
            raise several_outputs(target)
        remaining = interface.remove_inputs(sorted(excluded)) if excluded else interface
        self._interface = list_interface(remaining, self._bound_values, optional=self._limits.ratio_given)
        self._interface.owner = target.name
        self._workflow: MapWorkflow | None = None

    @property
    def name(self) -> str:
        """The target's name."""
        return self.target.name

    @property
    def python_interface(self) -> Interface:
        """The target's interface with lists."""
        return self._interface

    @property
    def element_interface(self) -> Interface:
        """The interface of one element's call."""
        return self.target.python_interface

    @property
    def bound_inputs(self) -> set[str]:
        """Inputs that every call gets whole."""
        return set(self._bound_values)

    @property
    def run_all_sub_nodes(self) -> bool:
        """Whether all calls are made even when more have failed than may."""
        return self._limits.run_all_sub_nodes

    def split_outputs(self, result: Any) -> dict[str, Any]:
        """What a run returned, by output name."""
        return self._interface.split_outputs(result)

    @property
    def default_inputs(self) -> Mapping[str, Any]:
        """Declared defaults by input name."""
        return self._interface.default_inputs

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """A list of results, or its promise; every input that is not bound is given as a list."""
        values = with_bound(self.name, self._bound_values, kwargs)
        check_lengths(self, values)
        if current().trace is not None:
            return call_entity(self, args, values)
        if self._workflow is None:
            self._workflow = MapWorkflow(self)
        return call_entity(self._workflow, args, values)

    def node_defaults(self) -> NodeOverrides:
        """The target's name."""
        return NodeOverrides(name=self.target.name)

    def node_target(self, node: Node, emitter: NodeEmitter) -> pb.Node:
        """The array node around a node of the target."""
        made = pb.Node()
        array = made.array_node
        array.node.CopyFrom(self.target.node_target(node, emitter))
        array.node.id = dns_name(self.target.name)
        array.node.metadata.CopyFrom(node.metadata)
        array.node.inputs.extend(node.bindings)
        self._limits.write(array)
        if isinstance(self.target, ReferenceTask):
            array.data_mode = _INDIVIDUAL_INPUT_FILES  # pyright: ignore[reportAttributeAccessIssue] - same numbers
        else:
            array.execution_mode = _FULL_STATE  # pyright: ignore[reportAttributeAccessIssue] - same numbers
        array.is_original_sub_node_interface.value = True
        array.bound_inputs.extend(sorted(self._bound_values))
        return made

    def dependencies(self) -> Iterable[Any]:
        """The target."""
        return (self.target,)

    def __repr__(self) -> str:
        return f"<ArrayNode over {self.target.name}>"


class MapWorkflow(WorkflowBase):
    """The workflow that runs a map called outside any: its inputs are the map's, and its one node is the map."""

    def __init__(self, array: ArrayNode) -> None:
        interface = array.python_interface
        super().__init__(f"{array.name}.map", WorkflowMetadata(), WorkflowMetadataDefaults(), interface)
        given = input_promises(interface, start_node())
        bound = [
            (name, bind(given[name], hint, interface.input_codecs[name]))
            for name, hint in sorted(interface.inputs.items())
        ]
        node = Node("n0", array, bound, None)
        outputs = [(name, Promise(name, NodeOutput(node, name), hint)) for name, hint in interface.outputs.items()]
        self._graph = WorkflowGraph([node], list(outputs))
