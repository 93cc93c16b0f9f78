"""Entities that exist elsewhere: only their identifier and signature are known here.

Nodes point to the identifier; nothing is written for the entity itself. To run a workflow that uses one, give it a stub:
`ref.stub = lambda a: ...`, or run where it can be reached.
"""

# ruff: noqa: PLR0917 - the signatures are flytekit's, positions included

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from compiler.errors import NotRunnableError, OptionError
from compiler.graph.call import call_entity, complete_inputs
from compiler.graph.node import Node, NodeEmitter, NodeOverrides
from compiler.graph.trace import open_trace
from compiler.graph.workflow_graph import WorkflowGraph
from compiler.options.workflow_metadata import WorkflowMetadata, WorkflowMetadataDefaults
from compiler.source.interface import Interface, read_signature
from compiler.tasks.base_task import PythonTask
from compiler.tasks.on_literals import on_literals
from compiler.workflows.entity_reference import (
    LAUNCH_PLAN,
    TASK,
    WORKFLOW,
    LaunchPlanReference,
    ReferencedEntity,
    TaskReference,
    WorkflowReference,
)
from compiler.workflows.function_workflow import PythonFunctionWorkflow
from compiler.workflows.launch_plan import LaunchPlan
from drawloom.context import current
from literals import pb, preview

if TYPE_CHECKING:
    from drawloom.context import FlyteContext


class _Stub(ReferencedEntity):
    """Runs a reference through the function that the user gave for it."""

    stub: Callable[..., Any] | None = None
    is_written = False

    @property
    def id(self) -> pb.Identifier:
        """The identifier that nodes point to."""
        return self.reference.id

    @property
    def stand_in(self) -> Any:
        """Itself: a reference has no graph that could run here."""
        return self

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """A node in an open trace, else a run of the stub."""
        if current().trace is not None:
            return call_entity(self, args, kwargs)
        if self.stub is None and "execute" not in vars(self):  # which a stand-in of a test is
            return self.execute()
        return self.execute(**complete_inputs(self, args, kwargs))

    def execute(self, **kwargs: Any) -> Any:
        """The stub's result.

        Raises:
            NotRunnableError: there is no stub.
        """
        if self.stub is None:
            raise NotRunnableError(
                "this entity exists only as a reference, so it cannot be run here. You must mock this out",
                where=repr(self.reference),
                expected="a stub",
                got="none",
                fix="give it a stub, ref.stub = lambda **inputs: ..., or use task_mock in a test",
            )
        return self.stub(**kwargs)

    def unwrap_literal_map_and_execute(self, ctx: object, input_literal_map: pb.LiteralMap) -> pb.LiteralMap:
        """Decode the inputs, run the stub, encode the outputs."""
        interface: Interface = cast("Any", self).python_interface  # of the entity beside it
        del ctx
        return on_literals(
            self.reference.name,
            interface,
            input_literal_map,
            lambda values: interface.split_outputs(self.execute(**values)),
        )


class ReferenceTask(_Stub, PythonTask[Any]):
    """A task elsewhere, with its signature."""

    takes_task_overrides = False

    def __init__(
        self,
        project: str,
        domain: str,
        name: str,
        version: str,
        inputs: Mapping[str, Any] | Interface,
        outputs: Mapping[str, Any] | None = None,
    ) -> None:
        self.reference = TaskReference(project, domain, name, version)
        super().__init__(task_type="reference-task", name=name, interface=_interface(inputs, outputs))

    def node_target(self, node: Node, emitter: NodeEmitter) -> pb.Node:
        """A task node without overrides, which a reference has no place for."""
        del node, emitter
        made = pb.Node()
        made.task_node.reference_id.CopyFrom(self.reference.id)
        return made


class ReferenceWorkflow(_Stub, PythonFunctionWorkflow[..., Any]):
    """A workflow elsewhere. As a node it is that workflow's default launch plan, which has its name and version."""

    resource_type = WORKFLOW

    def __init__(
        self,
        project: str,
        domain: str,
        name: str,
        version: str,
        inputs: Mapping[str, Any] | Interface,
        outputs: Mapping[str, Any] | None = None,
    ) -> None:
        self.reference = WorkflowReference(project, domain, name, version)
        super().__init__(_no_body, WorkflowMetadata(), WorkflowMetadataDefaults())
        self._name = name
        self._python_interface = _interface(inputs, outputs)
        self._graph = WorkflowGraph([], [])

    def compile(self, ctx: FlyteContext | None = None, *args: Any, **kwargs: Any) -> Any:
        """A node in the open trace, as a call makes it; outside one there is nothing to compile."""
        del ctx
        trace = open_trace()
        return trace.call(self, args, kwargs, depth=2) if trace is not None else None

    def node_target(self, node: Node, emitter: NodeEmitter) -> pb.Node:
        """A launch plan node: a server has no other way to a workflow that is not part of the specification."""
        del node, emitter
        made = pb.Node()
        made.workflow_node.launchplan_ref.CopyFrom(self.reference.identifier(LAUNCH_PLAN))
        return made

    def node_defaults(self) -> NodeOverrides:
        """The last part of the name."""
        return NodeOverrides(name=self.short_name)

    def dependencies(self) -> Iterable[Any]:
        """Nothing."""
        return ()


class ReferenceLaunchPlan(_Stub, LaunchPlan[..., Any]):
    """A launch plan elsewhere, with its signature."""

    def __init__(
        self,
        project: str,
        domain: str,
        name: str,
        version: str,
        inputs: Mapping[str, Any] | Interface,
        outputs: Mapping[str, Any] | None = None,
    ) -> None:
        self.reference = LaunchPlanReference(project, domain, name, version)
        interface = _interface(inputs, outputs)
        super().__init__(name, ReferenceWorkflow(project, domain, name, version, interface))

    def node_defaults(self) -> NodeOverrides:
        """The last part of the name."""
        return NodeOverrides(name=self.name.rpartition(".")[2])

    def node_target(self, node: Node, emitter: NodeEmitter) -> pb.Node:
        """A launch plan node."""
        del node, emitter
        made = pb.Node()
        made.workflow_node.launchplan_ref.CopyFrom(self.reference.id)
        return made

    def dependencies(self) -> Iterable[Any]:
        """Nothing."""
        return ()


_Made = TypeVar("_Made", ReferenceTask, ReferenceWorkflow, ReferenceLaunchPlan)


def _decorator(
    kind: type[_Made], project: str, domain: str, name: str, version: str
) -> Callable[[Callable[..., Any]], _Made]:
    """What makes a reference of this kind from a function that has its signature."""

    def wrapper(fn: Callable[..., Any]) -> _Made:
        return kind(project, domain, name, version, _signature(fn, name))

    return wrapper


def reference_task(project: str, domain: str, name: str, version: str) -> Callable[[Callable[..., Any]], ReferenceTask]:
    """Make the decorated function the signature of a task elsewhere; its body is never run."""
    return _decorator(ReferenceTask, project, domain, name, version)


def reference_workflow(
    project: str, domain: str, name: str, version: str
) -> Callable[[Callable[..., Any]], ReferenceWorkflow]:
    """Make the decorated function the signature of a workflow elsewhere; its body is never run."""
    return _decorator(ReferenceWorkflow, project, domain, name, version)


def reference_launch_plan(
    project: str, domain: str, name: str, version: str
) -> Callable[[Callable[..., Any]], ReferenceLaunchPlan]:
    """Make the decorated function the signature of a launch plan elsewhere; its body is never run."""
    return _decorator(ReferenceLaunchPlan, project, domain, name, version)


def get_reference_entity(
    resource_type: int,
    project: str,
    domain: str,
    name: str,
    version: str,
    inputs: Mapping[str, Any],
    outputs: Mapping[str, Any],
) -> ReferenceTask | ReferenceWorkflow | ReferenceLaunchPlan:
    """A reference by its kind: 1 task, 2 workflow, 3 launch plan.

    Raises:
        OptionError: another kind.
    """
    kinds: dict[int, type[ReferenceTask | ReferenceWorkflow | ReferenceLaunchPlan]] = {
        TASK: ReferenceTask,
        WORKFLOW: ReferenceWorkflow,
        LAUNCH_PLAN: ReferenceLaunchPlan,
    }
    chosen = kinds.get(resource_type)
    if chosen is None:
        raise OptionError(
            "this kind of entity cannot be referred to",
            where="get_reference_entity",
            expected="1 (task), 2 (workflow) or 3 (launch plan)",
            got=preview(resource_type),
            fix="use one of these numbers",
        )
    return chosen(project, domain, name, version, inputs, outputs)


def _signature(fn: Callable[..., Any], name: str) -> Interface:
    return read_signature(fn, name=name, check_return=False)


def _interface(inputs: Mapping[str, Any] | Interface, outputs: Mapping[str, Any] | None) -> Interface:
    return inputs if isinstance(inputs, Interface) else Interface(dict(inputs), dict(outputs or {}))


def _no_body() -> None:
    """The function of workflows that have none."""
