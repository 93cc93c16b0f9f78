"""Workflows: a name, an interface and a graph. A function workflow gets its graph by running its body once, traced.

Compilation is lazy, happens once, and is marked done only when it succeeded: a body with mistakes fails again each time.
"""

# ruff: noqa: FBT001, FBT002, PLR0917 - the options are flytekit's, in its order

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar, overload

from compiler.errors import OptionError
from compiler.graph.bind import data_bytes
from compiler.graph.call import call_entity, execute_locally
from compiler.graph.node import Node, NodeEmitter, NodeOverrides, start_node
from compiler.graph.trace import Trace, input_promises
from compiler.graph.workflow_graph import WorkflowGraph, check_graph
from compiler.options.entity_texts import check_docs, entity_description
from compiler.options.known import check_known, option_names
from compiler.options.task_options import check_kind
from compiler.options.workflow_metadata import WorkflowFailurePolicy, WorkflowMetadata, WorkflowMetadataDefaults
from compiler.source.artifact_annotation import check_artifacts
from compiler.source.functions import check_body, check_function
from compiler.source.interface import Interface, read_signature
from compiler.source.resolver import ClassStorageTaskResolver
from compiler.source.tracking import function_names
from compiler.source_location import definition, last_return
from compiler.workflows.body_errors import body_error
from compiler.workflows.outputs import bind_outputs, check_defaults, failure_node
from drawloom.context import ExecutionMode
from drawloom.exports.lazy_exports import lazy
from literals import attempt, entrance, pb, preview

__tracebackhide__ = True  # pytest leaves out the frames of this module

if TYPE_CHECKING:
    from compiler.options.documentation import Documentation
    from drawloom.context import FlyteContext

P = ParamSpec("P")
R = TypeVar("R")


_lazily, _ = lazy(__name__, {"workflow_forms": "compiler.emit.notebook"})
"""What only a notebook needs, and what is made of workflows."""


class WorkflowBase:
    """What every workflow has. Subclasses say where the graph comes from, in `graph()`."""

    resource_type = 2
    is_written = True
    has_constant_target = True
    can_change = False
    """Whether what it is may be another thing at the next look, so that nothing compiled of it may be kept."""

    def __init__(
        self,
        name: str,
        workflow_metadata: WorkflowMetadata,
        workflow_metadata_defaults: WorkflowMetadataDefaults,
        python_interface: Interface,
        on_failure: Any = None,
        docs: Documentation | None = None,
        default_options: object = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        check_docs(docs, name)
        _check_options(on_failure, default_options, name)
        check_artifacts(python_interface.inputs, python_interface.outputs, name, binds_at_runtime=False)
        self._name = name
        self._workflow_metadata = workflow_metadata
        self._workflow_metadata_defaults = workflow_metadata_defaults
        self._python_interface = python_interface
        self._on_failure = on_failure
        self._docs = docs
        self._default_options = default_options
        self._graph: WorkflowGraph | None = None
        self._defaults: NodeOverrides | None = None

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:  # noqa: ARG002 - Jupyter's
        """The picture of the workflow, for a notebook. Raises the errors of compiling it."""
        return _lazily("workflow_forms")(self)

    @property
    def name(self) -> str:
        """Full name, unique in its project."""
        return self._name

    @property
    def short_name(self) -> str:
        """The last part of the name."""
        return self._name.rpartition(".")[2]

    @property
    def workflow_metadata(self) -> WorkflowMetadata:
        """Settings of the workflow itself."""
        return self._workflow_metadata

    @property
    def workflow_metadata_defaults(self) -> WorkflowMetadataDefaults:
        """Settings handed down to nodes."""
        return self._workflow_metadata_defaults

    @property
    def python_interface(self) -> Interface:
        """The interface in Python types."""
        return self._python_interface

    @property
    def interface(self) -> pb.TypedInterface:
        """The typed interface as a message."""
        return self.python_interface.typed()

    @property
    def default_inputs(self) -> Mapping[str, Any]:
        """Declared defaults by input name."""
        return self.python_interface.default_inputs

    def split_outputs(self, result: Any) -> dict[str, Any]:
        """What a run returned, by output name."""
        return self.python_interface.split_outputs(result)

    @property
    def docs(self) -> Documentation | None:
        """Texts given by the author."""
        return self._docs

    @property
    def default_options(self) -> Any:
        """Labels and annotations of the default launch plan."""
        return self._default_options

    @property
    def on_failure(self) -> Any:
        """The entity that is called when the workflow fails; None for none."""
        return self._on_failure

    def graph(self) -> WorkflowGraph:
        """Nodes, outputs and failure node; made on first use."""
        if self._graph is None:
            self.compile()
        # A workflow that says nothing about its graph has none: no nodes, no outputs.
        return self._graph if self._graph is not None else WorkflowGraph([], [])

    @property
    def nodes(self) -> list[Node]:
        """The nodes in the order of their calls."""
        return self.graph().nodes

    @property
    def output_bindings(self) -> list[pb.Binding]:
        """The outputs' bindings as messages."""
        bound = self.graph().outputs
        return [pb.Binding(var=var, binding=pb.BindingData.FromString(data_bytes(data))) for var, data in bound]

    @property
    def failure_node(self) -> Node | None:
        """The node of `on_failure`."""
        return self.graph().failure_node

    def compile(self, **kwargs: Any) -> None:
        """Make the graph if there is none yet."""
        del kwargs

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Make a node while another body is traced, else run."""
        return call_entity(self, args, kwargs)

    def execute(self, **kwargs: Any) -> Any:
        """Run on Python values; the same run as a call."""
        return call_entity(self, (), kwargs)

    @property
    def stand_in(self) -> WorkflowBase | None:
        """This workflow, where what `execute` does was replaced, as a test or a subclass does; None where the graph is run."""
        return None if getattr(self.execute, "__func__", None) is WorkflowBase.execute else self

    def local_execution_mode(self) -> ExecutionMode:
        """What kind of execution a local run of this is."""
        return ExecutionMode.LOCAL_WORKFLOW_EXECUTION

    def local_execute(self, ctx: FlyteContext | None = None, **kwargs: Any) -> Any:
        """Run on ready promises or values; the results are ready promises."""
        del ctx
        return execute_locally(self, kwargs)

    # -- as a node

    def node_defaults(self) -> NodeOverrides:
        """Name and interruptibility of a node of this workflow."""
        if self._defaults is None:
            self._defaults = NodeOverrides(
                name=self.short_name, interruptible=self._workflow_metadata_defaults.interruptible
            )
        return self._defaults

    def construct_node_metadata(self) -> pb.NodeMetadata:
        """The node settings as a message."""
        return self.node_defaults().node_metadata()

    def node_target(self, node: Node, emitter: NodeEmitter) -> pb.Node:
        """A sub-workflow node."""
        del node
        return pb.Node(workflow_node=pb.WorkflowNode(sub_workflow_ref=emitter.identifier(self)))

    def dependencies(self) -> Iterable[Any]:
        """The entities of all nodes, those that run before others first; the failure node's at the end."""
        return self.graph().entities()

    def describe(self) -> pb.DescriptionEntity | None:
        """The texts; None for none."""
        return self._docs.to_message() if self._docs is not None else None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._name} {self.python_interface!r}>"


class PythonFunctionWorkflow(WorkflowBase, ClassStorageTaskResolver, Generic[P, R]):
    """A workflow whose graph is what its function calls. It keeps the tasks that are made inside its body."""

    def __init__(
        self,
        workflow_function: Callable[P, R],
        metadata: WorkflowMetadata | None = None,
        default_metadata: WorkflowMetadataDefaults | None = None,
        docstring: object = None,
        on_failure: Any = None,
        docs: Documentation | None = None,
        pickle_untyped: bool = False,
        default_options: object = None,
    ) -> None:
        name, module, _ = function_names(workflow_function)
        check_body(workflow_function, name)
        check_kind("pickle_untyped", pickle_untyped, bool, "True or False", name)
        del docstring  # read from the function
        super().__init__(
            name=name,
            workflow_metadata=metadata or WorkflowMetadata(),
            workflow_metadata_defaults=default_metadata or WorkflowMetadataDefaults(),
            python_interface=read_signature(workflow_function, name=name, pickle_untyped=pickle_untyped),
            on_failure=on_failure,
            docs=docs,
            default_options=default_options,
        )
        self._workflow_function = workflow_function
        self._lock = threading.RLock()
        self.__doc__ = workflow_function.__doc__
        self.__name__ = getattr(workflow_function, "__name__", name)
        self.__qualname__ = getattr(workflow_function, "__qualname__", name)
        self.__module__ = module
        self.__wrapped__ = workflow_function

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:  # type: ignore[override]
        """Make a node while another body is traced, else run."""
        return call_entity(self, args, kwargs)

    @property
    def function(self) -> Callable[P, R]:
        """The user's function."""
        return self._workflow_function

    def load_task(self, loader_args: Sequence[str]) -> Any:
        """A task that the body makes; in a new process the body has to run first."""
        self.compile()
        return super().load_task(loader_args)

    def task_name(self, t: Any) -> str | None:
        """Tasks made in the body keep the name that they were given there."""
        del t
        return None

    @entrance
    def compile(self, **kwargs: Any) -> None:
        """Run the body once and keep what it called. `kwargs`: Python values to use instead of promises of inputs.

        Raises:
            CompileError: several mistakes; a single one is raised as itself.
        """
        if self._graph is not None:
            return
        with self._lock:
            if self._graph is None:
                self.mapping = []
                self._graph = self._compile(kwargs)

    def _compile(self, fixed: Mapping[str, Any]) -> WorkflowGraph:
        trace = Trace(self._name, resolver=self)
        interface = self.python_interface
        with trace.opened():
            inputs = {**input_promises(interface, start_node()), **fixed}
            body = attempt(self._workflow_function, **inputs)
            if body.error is not None:
                raise body_error(body.error, trace)
            result: Any = body.value
            # Found in the source only when there is something to report.
            end = partial(last_return, self._workflow_function)
            head = partial(definition, self._workflow_function)
            outputs = bind_outputs(trace, interface, result, end)
            failure = None
            if self._on_failure is not None:
                failure = failure_node(trace, interface, self._on_failure, inputs, head)
            check_defaults(trace, interface, head)
            for problem in check_graph(trace.nodes, self._name, outputs, end):
                trace.report(problem)
            trace.fail_if_wrong()
        return WorkflowGraph(trace.nodes, outputs, failure)

    def describe(self) -> pb.DescriptionEntity | None:
        """The docstring's texts, completed by what the author gave."""
        doc = self.python_interface.docstring
        return entity_description(self._docs, doc.short_description, doc.long_description)


def _check_options(on_failure: Any, default_options: object, name: str) -> None:
    if on_failure is not None and not hasattr(on_failure, "python_interface"):
        raise OptionError(
            "on_failure is not something that a workflow can call",
            where=name,
            expected="a task, a workflow or a launch plan",
            got=preview(on_failure),
            fix="declare the handler with @task",
        )
    if default_options is not None and not all(hasattr(default_options, part) for part in ("labels", "annotations")):
        raise OptionError(
            "default_options is not an Options object",
            where=name,
            expected="Options(labels=...)",
            got=preview(default_options),
            fix="write default_options=Options(labels=Labels({...}))",
        )


@overload
def workflow(_workflow_function: Callable[P, R], /) -> PythonFunctionWorkflow[P, R]: ...


@overload
def workflow(
    _workflow_function: None = None,
    failure_policy: WorkflowFailurePolicy | None = None,
    interruptible: bool = False,
    on_failure: Any = None,
    docs: Documentation | None = None,
    pickle_untyped: bool = False,
    default_options: object = None,
) -> _WorkflowDecorator: ...


def workflow(
    _workflow_function: Callable[..., Any] | None = None,
    failure_policy: WorkflowFailurePolicy | None = None,
    interruptible: bool = False,
    on_failure: Any = None,
    docs: Documentation | None = None,
    pickle_untyped: bool = False,
    default_options: object = None,
    **unknown: object,
) -> Any:
    """Declare a function to be a workflow; with or without parentheses. Its body runs once, when it is compiled.

    Raises:
        OptionError: an unknown option, or one with a wrong value.
        FlyteValidationException: an option has a wrong value.
        FlyteMissingTypeException: a parameter without annotation.
        DrawloomError: a type is not supported.
    """

    @entrance
    def wrapper(fn: Callable[..., Any]) -> PythonFunctionWorkflow[..., Any]:
        check_known(unknown, lambda: option_names(workflow), "@workflow", getattr(fn, "__name__", ""))
        check_function(fn, "@workflow")
        return PythonFunctionWorkflow(
            fn,
            metadata=WorkflowMetadata(failure_policy or WorkflowFailurePolicy.FAIL_IMMEDIATELY),
            default_metadata=WorkflowMetadataDefaults(interruptible),
            on_failure=on_failure,
            docs=docs,
            pickle_untyped=pickle_untyped,
            default_options=default_options,
        )

    return wrapper if _workflow_function is None else wrapper(_workflow_function)


class _WorkflowDecorator:
    """What `@workflow(...)` gives to a type checker: function in, workflow with the same signature out."""

    def __call__(self, fn: Callable[P, R], /) -> PythonFunctionWorkflow[P, R]:
        return PythonFunctionWorkflow(fn)
