"""`@eager`: an async function that calls other entities as it goes, with Python values in hand.

On a platform each call is an execution of its own, so an eager task travels with a workflow of its own name that runs it
and, when it fails, a clean-up task that ends what it started. Awaited in Python it is its function.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar, overload

from compiler.errors import NotRunnableError, OptionError
from compiler.graph.bind import bind
from compiler.graph.node import FAILURE_NODE, Node, NodeOverrides, start_node
from compiler.graph.promise import NodeOutput, Promise
from compiler.graph.trace import input_promises
from compiler.graph.workflow_graph import WorkflowGraph
from compiler.options.option_table import ExecutionBehavior, FunctionTaskOptions, options_by_name
from compiler.options.settings import SerializationSettings
from compiler.options.workflow_metadata import WorkflowMetadata, WorkflowMetadataDefaults
from compiler.source.functions import refuse_config
from compiler.source.interface import Interface
from compiler.source.resolver import ResolverError, TaskResolverMixin
from compiler.tasks.function_task import FunctionTask, TaskPlugins, task
from compiler.tasks.python_task import PythonAutoContainerTask
from compiler.workflows.function_workflow import WorkflowBase
from literals import entrance, pb, preview

if TYPE_CHECKING:
    from typing_extensions import Unpack

__tracebackhide__ = True  # pytest leaves out the frames of this module

P = ParamSpec("P")
R = TypeVar("R")

_CLEANUP_ARGS = ["eager", "failure", "handler"]


_FOR_ITS_CLIENT = ("remote", "client_secret_group", "client_secret_key")
"""What flytekit's own documentation gives to `@eager`, and flytekit 1.16 drops: its client is made from the configuration."""


@dataclass(frozen=True)
class EagerConfig:
    """Marks a task as eager for the registry of task classes; `inner` is the author's own task_config."""

    inner: Any = field(default=None)


class EagerFailureTaskResolver(TaskResolverMixin):
    """Finds the clean-up task, which is the same for all eager tasks: it acts on the execution, not on the inputs."""

    @property
    def location(self) -> str:
        """Where this resolver's one instance is."""
        return "compiler.eager_failure_task_resolver"

    def loader_args(self, settings: Any, t: Any) -> list[str]:
        """Three fixed words."""
        del settings, t
        return list(_CLEANUP_ARGS)

    def load_task(self, loader_args: Sequence[str]) -> EagerFailureHandlerTask:
        """A clean-up task.

        Raises:
            ResolverError: other words.
        """
        if list(loader_args) != _CLEANUP_ARGS:
            raise ResolverError(
                "these loader arguments are not the clean-up task's",
                expected=" ".join(_CLEANUP_ARGS),
                got=" ".join(loader_args),
                fix="compile the workflow again with this version of drawloom",
            )
        return EagerFailureHandlerTask("no-op", {})


eager_failure_task_resolver = EagerFailureTaskResolver()


class EagerFailureHandlerTask(PythonAutoContainerTask[Any]):
    """Ends the executions that a failed eager task started. Run here there are none: its calls ended with it."""

    def __init__(self, name: str, inputs: dict[str, Any], container_image: object = None) -> None:
        super().__init__(
            name=name,
            task_config=None,
            task_type="eager_failure_handler_task",
            interface=Interface(inputs),
            task_resolver=eager_failure_task_resolver,
            container_image=container_image,
        )

    def execute(self, **kwargs: Any) -> None:
        """Nothing to end: in one process, calls end with the task that made them."""
        del kwargs

    def describe(self) -> pb.DescriptionEntity | None:
        """No texts."""
        return None


class EagerWorkflow(WorkflowBase):
    """The workflow of an eager task's own name: the task, and the clean-up when it fails."""

    def __init__(self, eager_task: EagerAsyncPythonFunctionTask[..., Any]) -> None:
        interface = eager_task.python_interface
        super().__init__(eager_task.name, WorkflowMetadata(), WorkflowMetadataDefaults(), interface)
        given = input_promises(interface, start_node())
        bound = [
            (name, bind(given[name], hint, interface.input_codecs[name]))
            for name, hint in sorted(interface.inputs.items())
        ]
        node = Node("n0", eager_task, bound, None)
        outputs = [(name, Promise(name, NodeOutput(node, name), hint)) for name, hint in interface.outputs.items()]
        cleanup = EagerFailureHandlerTask(
            f"{eager_task.name}-cleanup", dict(interface.inputs), eager_task.container_image
        )
        self._graph = WorkflowGraph([node], list(outputs), Node(FAILURE_NODE, cleanup, list(bound), None))
        self.eager_task = eager_task

    def node_defaults(self) -> NodeOverrides:
        """The last part of the name."""
        return NodeOverrides(name=self.short_name)

    def dependencies(self) -> Iterable[Any]:
        """The clean-up task; the eager task itself is written before this workflow."""
        failure = self.graph().failure_node
        return () if failure is None else (failure.entity,)


class EagerAsyncPythonFunctionTask(FunctionTask[P, Awaitable[R]], Generic[P, R]):
    """An eager task; see the module."""

    def __init__(self, task_config: object, task_function: Callable[..., Any], **kwargs: Any) -> None:
        if not inspect.iscoroutinefunction(inspect.unwrap(task_function)):
            raise OptionError(
                "an eager function is not async",
                where=getattr(task_function, "__name__", ""),
                fix="write async def, or use @dynamic or @workflow",
                expected="async def",
                got="def",
            )
        metadata = kwargs["metadata"]
        metadata.is_eager = True
        kwargs["execution_mode"] = ExecutionBehavior.EAGER
        if kwargs.get("enable_deck") is None and kwargs.get("disable_deck") is None:
            kwargs["enable_deck"] = True
        inner = task_config.inner if isinstance(task_config, EagerConfig) else task_config
        refuse_config(inner, "an eager task runs its own function, so no plug-in runs it", task_function)
        super().__init__(inner, task_function, **kwargs)
        self._workflow: EagerWorkflow | None = None

    def get_environment(self, settings: SerializationSettings) -> dict[str, str]:
        """The task's variables, and the settings under which it starts executions."""
        return super().get_environment(settings.with_serialized_context())

    def get_as_workflow(self) -> EagerWorkflow:
        """The workflow that runs this task on a platform; made once."""
        if self._workflow is None:
            self._workflow = EagerWorkflow(self)
        return self._workflow

    def companions(self) -> Iterable[Any]:
        """What is written right after this task."""
        return (self.get_as_workflow(),)

    def run(self, remote: object = None, **kwargs: Any) -> Any:
        """Start it on a platform.

        Raises:
            NotRunnableError: always; starting executions is the work of a client.
        """
        del remote, kwargs
        raise NotRunnableError(
            "an eager task is started on a platform by a client",
            where=self.name,
            expected="a call that is awaited",
            got="a request to run it on a platform",
            fix="await it to run it here",
        )


TaskPlugins.register_pythontask_plugin(EagerConfig, EagerAsyncPythonFunctionTask)


@overload
def eager(_fn: Callable[P, Awaitable[R]], /) -> EagerAsyncPythonFunctionTask[P, R]: ...


@overload
def eager(_fn: None = None, *in_order: object, **options: Unpack[FunctionTaskOptions]) -> _EagerDecorator: ...


def eager(_fn: Callable[..., Any] | None = None, *in_order: object, **options: object) -> Any:
    """Declare an async function to be an eager task; with or without parentheses. Options are those of `@task`.

    Raises:
        As `@task`; OptionError when the function is not async, or an option says by which client its calls are made.
    """

    @entrance
    def wrapper(fn: Callable[..., Any]) -> Any:
        _refuse_client(options, fn)
        given = options_by_name(in_order, options, getattr(fn, "__name__", ""))
        given |= {
            "task_config": EagerConfig(given.get("task_config")),
            "execution_mode": ExecutionBehavior.EAGER,
        }
        return task(**given)(fn)

    return wrapper if _fn is None else wrapper(_fn)


def _refuse_client(options: dict[str, object], fn: Callable[..., Any]) -> None:
    """Refuse what would say by which client the calls are made; None is as if it were not given, and taken away."""
    for name in _FOR_ITS_CLIENT:
        given = options.pop(name, None)
        if given is not None:
            raise OptionError(
                f"`{name}` of @eager would do nothing: its calls are made where it runs, and no client makes them",
                where=getattr(fn, "__name__", ""),
                expected="the options of @task",
                got=f"{name}={preview(given)}",
                fix=f"remove {name}; what its tasks read as secrets goes into their secret_requests",
            )


class _EagerDecorator:
    """What `@eager(...)` gives to a type checker."""

    def __call__(self, fn: Callable[P, Awaitable[R]], /) -> EagerAsyncPythonFunctionTask[P, R]:
        return eager(fn)
