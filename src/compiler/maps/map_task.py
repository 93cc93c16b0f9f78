"""`map_task`: one call for each element of one or more lists, as an array node.

Over a task, the map is a task of its own: a template with list types whose container runs one element, found again through
the target's own resolver. Over a launch plan, a workflow (through its default plan) or a reference task, the array node's
inner node calls the target itself. Inputs that were bound with functools.partial or `bound_inputs_values` are passed whole
to every call; all others are lists of one length.

The template depends on what is in its name (target, bound names, limits) and on `metadata=`; two maps with one name and
different metadata are refused where they meet. Values and switches of one call belong to its node.
"""

# ruff: noqa: FBT001, FBT002, PLR0917 - the signatures are flytekit's, positions included

from __future__ import annotations

import copy
import functools
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeAlias, TypeGuard, TypeVar, cast, overload

from compiler.errors import ArgumentError, OptionError
from compiler.graph.call import call_entity
from compiler.graph.node import Node, NodeEmitter, NodeOverrides
from compiler.maps.array_interface import (
    Limits,
    array_index,
    as_partial,
    check_bound,
    check_lengths,
    check_map_options,
    list_interface,
    partial_values,
    several_outputs,
    with_bound,
)
from compiler.maps.array_node import ArrayNode
from compiler.options.settings import SerializationSettings
from compiler.source.interface import Interface
from compiler.source.resolver import ResolverError, TaskResolverMixin, load_resolver, resolver_location
from compiler.source.tracking import function_names
from compiler.tasks.base_task import PythonTask, task_node_defaults
from compiler.tasks.function_task import ExecutionBehavior, FunctionTask, PythonFunctionTask
from compiler.tasks.on_literals import is_one_attempt
from compiler.tasks.python_task import PythonInstanceTask
from compiler.workflows.function_workflow import WorkflowBase
from compiler.workflows.launch_plan import LaunchPlan
from compiler.workflows.reference import ReferenceTask
from literals import class_of, pb, preview
from typeengine import fetched

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from compiler.maps.array_interface import MapOptions
    from compiler.tasks.function_task import AsyncFunctionTask
    from drawloom.context import FlyteContext

P = ParamSpec("P")
R = TypeVar("R")

MAP_ENTRYPOINT = "drawloom-map-execute"
_FULL_STATE = 1
_ALL = 1.0


class ArrayNodeMapTask(PythonTask[Any], Generic[R]):
    """A map over a task; see the module."""

    has_constant_target = False

    def __init__(
        self,
        python_function_task: Any,
        concurrency: int | None = None,
        min_successes: int | None = None,
        min_success_ratio: float | None = None,
        bound_inputs: Iterable[str] | None = None,
        bound_inputs_values: Mapping[str, Any] | None = None,
        run_all_sub_nodes: bool = False,
        **kwargs: Any,
    ) -> None:
        self._bound_values: dict[str, Any] = {}
        target = python_function_task
        if (partial := as_partial(target)) is not None:
            self._bound_values.update(partial_values(partial))
            target = cast("Any", partial).func
        _check_target(target)
        self._bound_values.update(bound_inputs_values or {})
        inner: Interface = target.python_interface
        self._bound: frozenset[str] = frozenset(bound_inputs or ()) | self._bound_values.keys()
        check_bound(self._bound, inner, target.name)
        if bound_inputs and bound_inputs_values and set(bound_inputs) != set(bound_inputs_values):
            raise OptionError(
                "bound_inputs and bound_inputs_values name different inputs",
                where="map_task",
                expected="the same names in both",
                got=f"{sorted(bound_inputs)} and {sorted(bound_inputs_values)}",
                fix="give the values only",
            )
        self._run_task = target
        self._limits = Limits(concurrency, min_successes, min_success_ratio, run_all_sub_nodes=run_all_sub_nodes)
        module, function = _names(target)
        metadata = kwargs.pop("metadata", None)
        text = ",".join(sorted(self._bound))
        key = f"{text}{concurrency}{min_successes}{_ALL if min_success_ratio is None else min_success_ratio}"
        digest = hashlib.md5(key.encode(), usedforsecurity=False).hexdigest()
        security = kwargs.pop("security_ctx", None) or target.security_context
        super().__init__(
            task_type=target.task_type,
            name=f"{module}.map_{function}_{digest}-arraynode",
            interface=list_interface(inner, self._bound, optional=self._limits.ratio_given),
            task_type_version=1,
            metadata=metadata if metadata is not None else target.metadata,
            security_ctx=security,
            **kwargs,
        )

    @property
    def run_task(self) -> Any:
        """The task that runs for each element."""
        return self._run_task

    python_function_task = run_task

    @property
    def element_interface(self) -> Interface:
        """The interface of one element's call."""
        return self._run_task.python_interface

    @property
    def bound_inputs(self) -> set[str]:
        """Inputs that every call gets whole."""
        return set(self._bound)

    @property
    def concurrency(self) -> int | None:
        """Calls at once; None follows the workflow."""
        return self._limits.concurrency

    @property
    def min_successes(self) -> int | None:
        """How many must succeed, as a count."""
        return self._limits.min_successes

    @property
    def min_success_ratio(self) -> float | None:
        """How many must succeed, as a ratio."""
        return self._limits.min_success_ratio

    @property
    def run_all_sub_nodes(self) -> bool:
        """Whether to go on after too many failures."""
        return self._limits.run_all_sub_nodes

    @property
    def is_original_sub_node_interface(self) -> bool:
        """The inner node's template has lists already."""
        return False

    def same_template(self, other: object) -> bool:
        """Whether another entity of this name has the same template, so that one of the two is enough."""
        return (
            isinstance(other, ArrayNodeMapTask)
            and other.run_task is self._run_task
            and other.metadata == self._metadata
            and other.security_context == self.security_context
        )

    def __call__(self, *args: Any, **kwargs: Any) -> list[R]:
        """A list of results, or its promise; every input that is not bound is given as a list."""
        values = with_bound(self.name, self._bound_values, kwargs)
        check_lengths(self, values)
        return call_entity(self, args, values)

    def execute(self, **kwargs: Any) -> Any:
        """One element's call: an element of each list, and the bound inputs whole."""
        return self._run_task.execute(**kwargs)

    def dispatch_execute(self, ctx: FlyteContext | None, input_literal_map: pb.LiteralMap) -> Any:
        """In a task execution: the outputs of the element that the platform's variables number. Elsewhere: all of them.

        Raises:
            ArgumentError: there is no element of that number.
        """
        if not is_one_attempt(ctx):
            return super().dispatch_execute(ctx, input_literal_map)
        return self._run_task.dispatch_execute(ctx, self.element_of(input_literal_map, array_index()))

    def element_of(self, inputs: pb.LiteralMap, index: int) -> pb.LiteralMap:
        """The inputs of one element: its part of each list, and the bound inputs whole.

        Raises:
            ArgumentError: a list is shorter.
        """
        made = pb.LiteralMap()
        for name, given in inputs.literals.items():
            if name in self._bound:
                made.literals[name].CopyFrom(given)
                continue
            literal = fetched(given) if given.HasField("offloaded_metadata") else given
            if index >= len(literal.collection.literals):
                raise ArgumentError(
                    f"input `{name}` has no element {index}",
                    where=self.name,
                    expected=f"at least {index + 1} elements",
                    got=f"{len(literal.collection.literals)} elements",
                    fix="give a list with that many elements",
                )
            made.literals[name].CopyFrom(literal.collection.literals[index])
        return made

    # -- the template: the target's, with another command

    def _as_element(self) -> Any:
        """A copy of the target whose command runs one element; the target itself stays as it is."""
        made = copy.copy(self._run_task)
        made.set_command_fn(self._element_command)
        return made

    def _element_command(self, settings: SerializationSettings) -> list[str]:
        return [
            MAP_ENTRYPOINT, "--inputs", "{{.input}}", "--output-prefix", "{{.outputPrefix}}",
            "--raw-output-data-prefix", "{{.rawOutputDataPrefix}}",
            "--checkpoint-path", "{{.checkpointOutputPrefix}}", "--prev-checkpoint", "{{.prevCheckpointPrefix}}",
            "--resolver", map_task_resolver.location, "--", *map_task_resolver.loader_args(settings, self),
        ]  # fmt: skip

    def get_command(self, settings: SerializationSettings) -> list[str]:
        """The command that runs one element."""
        return self._as_element().get_command(settings)

    def get_container(self, settings: SerializationSettings) -> pb.Container | None:
        """The target's container with the element command."""
        return self._as_element().get_container(settings)

    def get_k8s_pod(self, settings: SerializationSettings) -> pb.K8sPod | None:
        """The target's pod with the element command."""
        return self._as_element().get_k8s_pod(settings)

    def get_sql(self, settings: SerializationSettings) -> pb.Sql | None:
        """The target's SQL."""
        return self._run_task.get_sql(settings)

    def get_custom(self, settings: SerializationSettings) -> Mapping[str, Any] | None:
        """The target's plugin data."""
        return self._run_task.get_custom(settings)

    def get_config(self, settings: SerializationSettings) -> Mapping[str, str] | None:
        """The target's plugin settings."""
        return self._run_task.get_config(settings)

    def get_extended_resources(self, settings: SerializationSettings) -> pb.ExtendedResources | None:
        """The target's accelerator and shared memory."""
        return self._run_task.get_extended_resources(settings)

    # -- as a node

    def node_defaults(self) -> NodeOverrides:
        """The outer node has a name only; retries and the like are each element's."""
        return NodeOverrides(name=self.name)

    def outer_settings(self, node: Node) -> NodeOverrides:
        """What is overridden goes to the inner node, so the outer one has its defaults."""
        del node
        return self.node_defaults()

    def node_target(self, node: Node, emitter: NodeEmitter) -> pb.Node:
        """The array node around a task node of this template."""
        made = pb.Node()
        array = made.array_node
        self._run_task.node_defaults()  # a task that cannot be a node says so
        defaults = task_node_defaults(self.name, self._metadata)
        settings = defaults if node.overrides is None else node.overrides.over(defaults)
        inner = array.node
        inner.id = self.name
        inner.metadata.CopyFrom(settings.node_metadata())
        inner.inputs.extend(node.bindings)
        # The task node is written by the task's own rules, which know what a node may override.
        inner.task_node.CopyFrom(super().node_target(node, emitter).task_node)
        self._limits.write(array)
        plain = type(self._run_task) in {FunctionTask, PythonFunctionTask, PythonInstanceTask}
        array.execution_mode = 0 if plain else _FULL_STATE  # pyright: ignore[reportAttributeAccessIssue] - same numbers
        array.is_original_sub_node_interface.value = False
        array.bound_inputs.extend(sorted(self._bound))
        return made


Elements: TypeAlias = "list[Any] | tuple[Any, ...]"


class MapOverLists(ArrayNodeMapTask[R], Generic[R]):
    """What a type checker sees of a map whose bound inputs are settled: each argument of a call is a list."""

    if TYPE_CHECKING:

        def __call__(self, *args: Elements, **kwargs: Elements) -> list[R]:  # type: ignore[override]
            """A list of results."""
            ...


class ArrayNodeMapTaskResolver(TaskResolverMixin):
    """Finds a map again: `vars <bound names> resolver <R> <R's own arguments>`."""

    @property
    def location(self) -> str:
        """Where this resolver's one instance is."""
        return "compiler.map_task_resolver"

    def loader_args(self, settings: Any, t: Any) -> list[str]:
        """The bound names, then the target by its own resolver."""
        target, resolver = t.run_task, t.run_task.task_resolver
        bound = ",".join(sorted(t.bound_inputs))
        found = resolver_location(resolver, settings)
        return ["vars", bound, "resolver", found, *resolver.loader_args(settings, target)]

    def load_task(self, loader_args: Sequence[str]) -> ArrayNodeMapTask[Any]:
        """The map around the target that the inner resolver finds.

        Raises:
            ResolverError: the arguments have another form.
        """
        match list(loader_args):
            case ["vars", bound, "resolver", location, *rest]:
                target = load_resolver(location).load_task(rest)
                return ArrayNodeMapTask(target, bound_inputs=[name for name in bound.split(",") if name])
            case _:
                raise ResolverError(
                    "these loader arguments are not a map's",
                    expected="vars <names> resolver <resolver> <arguments>",
                    got=" ".join(loader_args),
                    fix="compile the workflow again with this version of drawloom",
                )


map_task_resolver = ArrayNodeMapTaskResolver()


@overload
def map_task(
    target: AsyncFunctionTask[P, R],
    concurrency: int | None = None,
    min_successes: int | None = None,
    min_success_ratio: float | None = None,
    run_all_sub_nodes: bool = False,
    **kwargs: Unpack[MapOptions],
) -> MapOverLists[R]: ...


@overload
def map_task(
    target: FunctionTask[P, R] | functools.partial[R],
    concurrency: int | None = None,
    min_successes: int | None = None,
    min_success_ratio: float | None = None,
    run_all_sub_nodes: bool = False,
    **kwargs: Unpack[MapOptions],
) -> MapOverLists[R]: ...


@overload
def map_task(
    target: FunctionTask[P, R] | functools.partial[R],
    concurrency: int | None = None,
    min_successes: int | None = None,
    min_success_ratio: float | None = None,
    run_all_sub_nodes: bool = False,
    *,
    bound_inputs: Iterable[str],
    **kwargs: Unpack[MapOptions],
) -> ArrayNodeMapTask[R]: ...


@overload
def map_task(
    target: WorkflowBase | LaunchPlan[..., Any] | ReferenceTask,
    concurrency: int | None = None,
    min_successes: int | None = None,
    min_success_ratio: float | None = None,
    run_all_sub_nodes: bool = False,
    *,
    bound_inputs_values: Mapping[str, Any] | None = None,
) -> Any: ...


def map_task(
    target: object,
    concurrency: int | None = None,
    min_successes: int | None = None,
    min_success_ratio: float | None = None,
    run_all_sub_nodes: bool = False,
    **kwargs: Any,
) -> Any:
    """Map a task, a workflow, a launch plan or a reference task over lists; call the result with the lists.

    `kwargs`: `bound_inputs_values`, and for tasks `metadata`. Inputs bound there or with functools.partial are passed whole.
    The result is a list in the order of the inputs; with `min_success_ratio` below 1 failed elements are None.

    Raises:
        OptionError: a target that cannot be mapped, more than one output, wrong limits, an unknown bound input.
    """
    partial = as_partial(target)
    inner: object = target if partial is None else partial.func
    if isinstance(inner, WorkflowBase):
        inner = LaunchPlan.get_default_launch_plan(None, inner)
    check_map_options(kwargs, inner, over_task=not _runs_elsewhere(inner))
    if _runs_elsewhere(inner):
        bound = partial_values(partial) if partial is not None else {}
        bound.update(kwargs.pop("bound_inputs_values", None) or {})
        return ArrayNode(inner, concurrency, min_successes, min_success_ratio, run_all_sub_nodes, bound)
    return ArrayNodeMapTask[Any](
        target,
        concurrency=concurrency,
        min_successes=min_successes,
        min_success_ratio=min_success_ratio,
        run_all_sub_nodes=run_all_sub_nodes,
        **kwargs,
    )


def _runs_elsewhere(target: object) -> TypeGuard[LaunchPlan[..., Any] | ReferenceTask]:
    return isinstance(target, (LaunchPlan, ReferenceTask))


def _names(target: Any) -> tuple[str, str]:
    function = getattr(target, "task_function", None)
    if function is None:
        return target.task_type, target.find_lhs()
    _, module, name = function_names(function)
    return module, name


def _check_target(target: Any) -> None:
    kind = class_of(target)
    is_function = issubclass(kind, PythonFunctionTask) and target.execution_mode is ExecutionBehavior.DEFAULT
    if not is_function and not issubclass(kind, PythonInstanceTask):
        raise OptionError(
            "this cannot be mapped",
            where="map_task",
            expected="a @task, an instance task, a functools.partial of one, a workflow, a launch plan or a reference task",
            got=preview(target),
            fix="a @dynamic or @eager can be mapped inside a workflow of its own",
        )
    if len(target.python_interface.outputs) > 1:
        raise several_outputs(target)
