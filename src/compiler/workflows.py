"""Workflows: a name, an interface and a graph. A function workflow gets its graph by running its body once, traced.

Compilation is lazy, happens once, and is marked done only when it succeeded: a body with mistakes fails again each time.
"""

from __future__ import annotations

import enum
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, ParamSpec, TypeVar, overload

from compiler.bind import Bound, bind, data_bytes
from compiler.call import call_entity, execute_locally
from compiler.documentation import Documentation, entity_description
from compiler.errors import (
    AuthoringError,
    CompileError,
    FlyteAssertion,
    FlyteFailureNodeInputMismatchException,
    FlyteValidationException,
    FlyteValueException,
    PromiseUseError,
)
from compiler.graph import Graph, check_graph
from compiler.interface import Interface, admits_none, read_signature
from compiler.node import Emitter, Node, NodeOverrides, start_node
from compiler.place import Place
from compiler.promise import OutputTuple, Promise, VoidPromise
from compiler.resolver import ClassStorageTaskResolver
from compiler.trace import Trace, input_promises, located
from compiler.tracking import function_names
from context import using
from literals import WeftError, assignable, pb, preview

P = ParamSpec("P")
R = TypeVar("R")


class WorkflowFailurePolicy(enum.Enum):
    """What happens to the rest when a node fails."""

    FAIL_IMMEDIATELY = 0
    FAIL_AFTER_EXECUTABLE_NODES_COMPLETE = 1


@dataclass(frozen=True)
class WorkflowMetadata:
    """Settings of the workflow itself."""

    on_failure: WorkflowFailurePolicy = WorkflowFailurePolicy.FAIL_IMMEDIATELY

    def __post_init__(self) -> None:
        if not isinstance(self.on_failure, WorkflowFailurePolicy):
            raise FlyteValidationException(
                "the failure policy is not a WorkflowFailurePolicy",
                got=preview(self.on_failure),
                fix="use WorkflowFailurePolicy.FAIL_IMMEDIATELY or FAIL_AFTER_EXECUTABLE_NODES_COMPLETE",
            )

    def to_message(self) -> pb.WorkflowMetadata:
        """The wire form."""
        return pb.WorkflowMetadata(on_failure=self.on_failure.value)

    to_flyte_model = to_message


@dataclass(frozen=True)
class WorkflowMetadataDefaults:
    """Settings handed down to the workflow's nodes."""

    interruptible: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.interruptible, bool):
            raise FlyteValidationException("`interruptible` is neither True nor False", got=preview(self.interruptible))

    def to_message(self) -> pb.WorkflowMetadataDefaults:
        """The wire form."""
        return pb.WorkflowMetadataDefaults(interruptible=self.interruptible)

    to_flyte_model = to_message


class WorkflowBase:
    """What every workflow has. Subclasses say where the graph comes from, in `graph()`."""

    resource_type = 2
    is_written = True
    has_constant_target = True

    def __init__(
        self,
        name: str,
        workflow_metadata: WorkflowMetadata,
        workflow_metadata_defaults: WorkflowMetadataDefaults,
        python_interface: Interface,
        on_failure: Any = None,
        docs: Documentation | None = None,
        default_options: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._name = name
        self._workflow_metadata = workflow_metadata
        self._workflow_metadata_defaults = workflow_metadata_defaults
        self._python_interface = python_interface
        self._on_failure = on_failure
        self._docs = docs
        self._default_options = default_options
        self._graph: Graph | None = None
        self._defaults: NodeOverrides | None = None

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

    def graph(self) -> Graph:
        """Nodes, outputs and failure node; made on first use."""
        if self._graph is None:
            self.compile()
        if self._graph is None:
            raise FlyteValidationException("the workflow has no graph", where=self._name)
        return self._graph

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
        return call_entity(self, args, kwargs)

    def execute(self, **kwargs: Any) -> Any:
        """Run on Python values; the same run as a call."""
        return call_entity(self, (), kwargs)

    def local_execute(self, ctx: Any = None, **kwargs: Any) -> Any:
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

    def node_target(self, node: Node, emitter: Emitter) -> pb.Node:
        """A sub-workflow node."""
        del node
        return pb.Node(workflow_node=pb.WorkflowNode(sub_workflow_ref=emitter.identifier(self)))

    def dependencies(self) -> Iterable[Any]:
        """The entities of all nodes, the failure node's among them."""
        graph = self.graph()
        yield from (node.entity for node in graph.nodes)
        if graph.failure_node is not None:
            yield graph.failure_node.entity

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
        docstring: Any = None,
        on_failure: Any = None,
        docs: Documentation | None = None,
        pickle_untyped: bool = False,
        default_options: Any = None,
    ) -> None:
        name, module, _ = function_names(workflow_function)
        del docstring  # read from the function
        super().__init__(
            name=name,
            workflow_metadata=metadata or WorkflowMetadata(),
            workflow_metadata_defaults=default_metadata or WorkflowMetadataDefaults(),
            python_interface=read_signature(
                workflow_function, name=name, pickle_untyped=pickle_untyped, check_return=False
            ),
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
        return super().__call__(*args, **kwargs)

    @property
    def function(self) -> Callable[P, R]:
        """The user's function."""
        return self._workflow_function

    def task_name(self, t: Any) -> str | None:
        """Tasks made in the body keep the name that they were given there."""
        del t
        return None

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

    def _compile(self, fixed: Mapping[str, Any]) -> Graph:
        trace = Trace(self._name, resolver=self)
        interface = self.python_interface
        with using(trace=trace):
            inputs = {**input_promises(interface, start_node()), **fixed}
            try:
                result: Any = self._workflow_function(**inputs)  # type: ignore[call-arg]
            except AuthoringError as error:
                trace.report(error)
                trace.fail_if_wrong()
                raise
            except CompileError:
                raise
            except Exception as error:
                if trace.errors:
                    # What the body raised is most likely a consequence of what was wrong before.
                    raise CompileError(self._name, trace.errors) from error
                raise
            end = Place(self._workflow_function.__code__, 0, self._workflow_function.__code__.co_firstlineno)
            outputs = bind_outputs(trace, interface, result, end)
            failure = failure_node(trace, self, inputs, end) if self._on_failure is not None else None
            for problem in check_graph(trace.nodes, self._name):
                trace.report(problem)
            trace.fail_if_wrong()
        return Graph(trace.nodes, outputs, failure)

    def describe(self) -> pb.DescriptionEntity | None:
        """The docstring's texts, completed by what the author gave."""
        doc = self.python_interface.docstring
        return entity_description(self._docs, doc.short_description, doc.long_description)


def bind_outputs(trace: Trace, interface: Interface, result: Any, place: Place) -> list[tuple[str, Bound]]:
    """What a body returned, bound to the declared outputs. Mistakes are gathered in the trace."""
    names = list(interface.outputs)
    if not names:
        if result is not None and not isinstance(result, VoidPromise):
            _report_at(
                trace,
                FlyteValueException(
                    "the workflow returns a value and declares none",
                    where=trace.name,
                    got=repr(result),
                    fix="annotate the return type, or return nothing",
                ),
                place,
            )
        return []
    try:
        values = _split(interface, result, trace.name)
    except AuthoringError as error:
        _report_at(trace, error, place)
        return []
    bound: list[tuple[str, Bound]] = []
    for name, value in values.items():
        try:
            bound.append((name, bind(value, interface.outputs[name], interface.output_codecs[name])))
        except WeftError as error:
            _report_at(trace, located(error, f"{trace.name}, output `{name}`", place), place)
    return bound


def _report_at(trace: Trace, error: AuthoringError, place: Place) -> None:
    error.place = place
    trace.errors.append(error)


def _split(interface: Interface, result: Any, name: str) -> dict[str, Any]:
    names = list(interface.outputs)
    several = isinstance(result, (tuple, OutputTuple))
    if result is None:
        raise FlyteValueException(
            "the workflow declares outputs and returns nothing",
            where=name,
            expected=", ".join(names),
            fix="return the promises of the outputs",
        )
    if isinstance(result, VoidPromise):
        raise PromiseUseError(
            f"the workflow returns the result of `{result.task_name}`, which has no output", where=name
        )
    if len(names) == 1:
        if isinstance(result, OutputTuple) and len(result) == 1:  # type: ignore[arg-type]
            return {names[0]: result[0]}  # type: ignore[index]
        if isinstance(result, OutputTuple):
            raise FlyteAssertion(
                f"several outputs are returned where one is declared: {names[0]}",
                where=name,
                got=repr(result),
                fix="return one of them, such as result.o0, or declare a tuple",
            )
        return interface.split_outputs(result)
    if isinstance(result, Promise) or not several:
        raise FlyteAssertion(
            f"one value is returned where {len(names)} are declared",
            where=name,
            expected=f"a tuple: {', '.join(names)}",
            got=preview(result),
        )
    return interface.split_outputs(result)


def failure_node(trace: Trace, workflow: WorkflowBase, inputs: Mapping[str, Any], place: Place) -> Node | None:
    """The node that is run when the workflow fails: every workflow input by name, other inputs none.

    Mistakes are gathered in the trace.
    """
    entity = workflow.on_failure
    handler: Interface = entity.python_interface
    own = workflow.python_interface
    for problem in _handler_mismatches(handler, own, entity.name):
        _report_at(trace, problem, place)
    inner = Trace(trace.name, prefix="f")
    given = {name: value for name, value in inputs.items() if name in handler.inputs}
    bound = inner.bind_inputs(entity, (), given, place)
    if not trace.errors:
        trace.errors.extend(inner.errors)
    return inner.add(entity, bound, place)


def _handler_mismatches(handler: Interface, own: Interface, name: str) -> Iterable[AuthoringError]:
    for key, codec in own.input_codecs.items():
        if key not in handler.inputs:
            yield FlyteFailureNodeInputMismatchException(
                f"the failure handler does not take the workflow's input `{key}`",
                where=name,
                expected=repr(own),
                got=repr(handler),
                fix=f"add a parameter `{key}` to the handler",
            )
        elif assignable(codec.literal_type, handler.input_codecs[key].literal_type) is not None:
            yield FlyteFailureNodeInputMismatchException(
                f"the failure handler's input `{key}` has another type than the workflow's",
                where=name,
                expected=repr(own),
                got=repr(handler),
            )
    for key, hint in handler.inputs.items():
        if key not in own.inputs and not admits_none(hint) and key not in handler.default_inputs:
            yield FlyteFailureNodeInputMismatchException(
                f"the failure handler's input `{key}` is not one of the workflow's and cannot be None",
                where=name,
                fix=f"annotate it Optional, or remove it; the failure itself comes as `err: Optional[FlyteError]`",
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
    default_options: Any = None,
) -> _Decorator: ...


def workflow(
    _workflow_function: Callable[..., Any] | None = None,
    failure_policy: WorkflowFailurePolicy | None = None,
    interruptible: bool = False,
    on_failure: Any = None,
    docs: Documentation | None = None,
    pickle_untyped: bool = False,
    default_options: Any = None,
) -> Any:
    """Declare a function to be a workflow; with or without parentheses. Its body runs once, when it is compiled.

    Raises:
        FlyteValidationException: an option has a wrong value.
        FlyteMissingTypeException: a parameter without annotation.
        WeftError: a type is not supported.
    """

    def wrapper(fn: Callable[..., Any]) -> PythonFunctionWorkflow[..., Any]:
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


class _Decorator:
    """What `@workflow(...)` gives to a type checker: function in, workflow with the same signature out."""

    def __call__(self, fn: Callable[P, R], /) -> PythonFunctionWorkflow[P, R]:
        return PythonFunctionWorkflow(fn)
