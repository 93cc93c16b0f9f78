"""A workflow that is put together call by call: `Workflow(name="...")`, then inputs, entities and outputs.

It is the same graph as a function workflow's, so it compiles, runs and nests in the same way. Mistakes are raised by the
call that makes them. Names have the defaults of their types only: an input has no default value.
"""

# ruff: noqa: FBT001, FBT002 - the signatures are flytekit's, positions included

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

from compiler.errors import FlyteValidationException
from compiler.graph.bind import Bound, bind, references
from compiler.graph.member_path import ANYTHING
from compiler.graph.node import FAILURE_NODE, Entity, Node, start_node
from compiler.graph.promise import NodeOutput, Promise, promise_class
from compiler.graph.trace import Trace, located
from compiler.graph.workflow_graph import WorkflowGraph, check_graph
from compiler.options.workflow_metadata import WorkflowFailurePolicy, WorkflowMetadata, WorkflowMetadataDefaults
from compiler.source.interface import Interface
from compiler.source.tracking import TrackedInstance
from compiler.source_location import SourceLocation, here
from compiler.workflows.branch import ConditionalSection
from compiler.workflows.function_workflow import WorkflowBase
from compiler.workflows.outputs import failure_node
from drawloom.context import activate, current, restore
from literals import DrawloomError, preview
from typeengine import default_engine


class ImperativeWorkflow(TrackedInstance, WorkflowBase):
    """A workflow made by calls; see the module."""

    can_change = True

    def __init__(
        self,
        name: str,
        failure_policy: WorkflowFailurePolicy | None = None,
        interruptible: bool = False,
    ) -> None:
        super().__init__(
            name=name,
            workflow_metadata=WorkflowMetadata(failure_policy or WorkflowFailurePolicy.FAIL_IMMEDIATELY),
            workflow_metadata_defaults=WorkflowMetadataDefaults(interruptible),
            python_interface=Interface(),
        )
        self._trace = Trace(name)
        self._start = start_node()
        self._inputs: dict[str, Promise] = {}
        self._start.outputs = self._inputs
        self._bound_outputs: list[tuple[str, Bound]] = []
        self._close: Callable[[], Any] | None = None
        self._handler_location: SourceLocation | None = None

    # -- making

    @property
    def inputs(self) -> dict[str, Promise]:
        """The promises of the workflow's inputs."""
        return self._inputs

    @property
    def compilation_state(self) -> Trace:
        """The record of the calls so far; `.nodes` are the nodes."""
        return self._trace

    def add_workflow_input(self, input_name: str, python_type: object) -> Promise:
        """A new input; its promise is what entities are given.

        Raises:
            FlyteValidationException: the name is taken.
            DrawloomError: the type is not supported.
        """
        if input_name in self._inputs:
            raise FlyteValidationException(
                f"there is an input `{input_name}` already",
                where=self.name,
                fix="choose another name",
                location=here(),
                expected="a name that no other input has",
                got=f"`{input_name}`",
            )
        self._replace_interface(self.python_interface.with_inputs({input_name: python_type}))
        promise = promise_class(python_type)(input_name, NodeOutput(self._start, input_name), python_type)
        self._inputs[input_name] = promise
        return promise

    def add_entity(self, entity: Entity, **kwargs: Any) -> Node:
        """A call of a task, workflow or launch plan with all its inputs; the result is its node.

        Raises:
            FlyteAssertion: an input is missing, unknown, or does not fit.
        """
        self._finish_conditional()
        location = here()
        bound = self._trace.bind_inputs(entity, (), kwargs, location)
        self._raise_mistakes()
        return self._trace.add(entity, bound, location)

    def add_task(self, task: Entity, **kwargs: Any) -> Node:
        """`add_entity` for a task."""
        return self.add_entity(task, **kwargs)

    def add_launch_plan(self, launch_plan: Entity, **kwargs: Any) -> Node:
        """`add_entity` for a launch plan."""
        return self.add_entity(launch_plan, **kwargs)

    def add_subwf(self, sub_wf: WorkflowBase, **kwargs: Any) -> Node:
        """`add_entity` for a workflow."""
        return self.add_entity(sub_wf, **kwargs)

    def create_conditional(self, name: str) -> ConditionalSection:
        """A conditional of this workflow: calls in its `then(...)` become nodes of its arms.

        Calls belong to this workflow from here to the end of the chain, which should be one expression.
        """
        self._finish_conditional()
        token = activate(current().changed(trace=self._trace))
        section = ConditionalSection(name, self._trace)
        # Whatever ends the chain (else, an error, an if alone) also lets go of the section's state.
        self._close = weakref.finalize(section.chain, restore, token)
        section.chain.on_end = self._finish_conditional
        return section

    def add_workflow_output(self, output_name: str, p: object, python_type: object = None) -> None:
        """A new output: a promise, or a list or dict of promises. Its type is the promise's unless it is given.

        Raises:
            FlyteValidationException: the name is taken; the type of a container is not given.
            BindingError: the value does not fit the type.
        """
        self._finish_conditional()
        location = here()
        if any(output_name == name for name, _ in self._bound_outputs):
            raise FlyteValidationException(
                f"there is an output `{output_name}` already",
                where=self.name,
                expected="a name that is free",
                got=repr(output_name),
                fix="choose another name",
                location=location,
            )
        if python_type is None:
            python_type = self._type_of(output_name, p, location)
        try:
            bound = bind(p, python_type, default_engine().codec(python_type))
        except DrawloomError as error:
            raise located(error, f"{self.name}, output `{output_name}`", location) from error
        self._replace_interface(self.python_interface.with_outputs({output_name: python_type}))
        self._bound_outputs.append((output_name, bound))

    def _type_of(self, output_name: str, p: object, location: SourceLocation) -> Any:
        if isinstance(p, Promise) and p.drawloom_hint is not ANYTHING:
            return p.drawloom_hint
        raise FlyteValidationException(
            f"the type of output `{output_name}` is not known",
            where=self.name,
            expected="a promise, or a python_type",
            got=preview(p),
            fix="add python_type=, such as list[str]",
            location=location,
        )

    def add_on_failure_handler(self, entity: Any) -> None:
        """What is called when the workflow fails: it takes the workflow's inputs.

        Raises:
            FlyteValidationException: there is a handler already.
        """
        if self._on_failure is not None:
            raise FlyteValidationException(
                "there is a failure handler already",
                where=self.name,
                expected="one failure handler",
                got="a second one",
                fix="put both into one workflow, and make that the handler",
                location=here(),
            )
        self._on_failure = entity
        self._handler_location = here()

    def _replace_interface(self, interface: Interface) -> None:
        interface.owner = self.name
        interface.input_codecs  # noqa: B018 - asked for its check
        interface.output_codecs  # noqa: B018 - asked for its check
        self._python_interface = interface
        self._graph = None

    def _raise_mistakes(self) -> None:
        try:
            self._trace.fail_if_wrong()
        finally:
            self._trace.errors.clear()

    def _finish_conditional(self) -> None:
        if self._close is not None:
            self._close()
            self._close = None

    # -- the graph

    def graph(self) -> WorkflowGraph:
        """Nodes, outputs and failure node as of now.

        Raises:
            FlyteAssertion: two nodes have one id, or nodes wait for each other.
            FlyteFailureNodeInputMismatchException: the failure handler does not take the workflow's inputs.
        """
        self._finish_conditional()
        trace = self._trace
        for problem in check_graph(trace.nodes, self.name, self._bound_outputs):
            trace.errors.append(problem)
        failure: Node | None = None
        if self._on_failure is not None and self._handler_location is not None:
            with trace.opened():
                failure = failure_node(
                    trace, self.python_interface, self._on_failure, self._inputs, self._handler_location
                )
            if failure is not None:
                failure.id = FAILURE_NODE
        self._raise_mistakes()
        return WorkflowGraph(trace.nodes, self._bound_outputs, failure)

    def ready(self) -> bool:
        """Whether there is a node, and every input is used by one."""
        return bool(self._trace.nodes) and not self._unused()

    def _unused(self) -> list[str]:
        used: set[str] = set()
        bound: list[tuple[str, Bound]] = [pair for node in self._trace.nodes for pair in node.bound]
        for _, data in [*bound, *self._bound_outputs]:
            if not isinstance(data, bytes):
                used.update(p.drawloom_var for p in references(data) if p.drawloom_node is self._start)
        return [name for name in self._inputs if name not in used]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """A node in an open trace, else a run.

        Raises:
            FlyteValidationException: a run of a workflow without nodes, or with an input that nothing uses.
        """
        self._finish_conditional()
        if current().trace is None and not self.ready():
            unused = ", ".join(self._unused())
            raise FlyteValidationException(
                "the workflow is not ready",
                where=self.name,
                expected="nodes that use every input",
                got="no nodes" if not self._trace.nodes else f"inputs that nothing uses: {unused}",
                fix="add entities that take every input",
                location=here(),
            )
        return super().__call__(*args, **kwargs)


Workflow = ImperativeWorkflow
