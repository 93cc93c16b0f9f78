"""`@dynamic`: a task whose body is traced when it runs, with values for inputs, and whose result is a graph.

`expand` runs the body once for each call and gives a `DynamicJobSpec` together with the live entities in it. Node ids start
with `d`. A body that calls nothing gives a specification without nodes, whose outputs are constants.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar, overload

from compiler.emit.serialize import Emitter, sub_workflows, with_dependencies
from compiler.errors import FlyteAssertion, OptionError
from compiler.graph.trace import Trace
from compiler.graph.workflow_graph import check_graph
from compiler.options.option_table import ExecutionBehavior, options_by_name
from compiler.options.settings import SERIALIZED_CONTEXT_ENV_VAR, LiveSettings, SerializationSettings
from compiler.source.functions import refuse_config
from compiler.source_location import SourceLocation
from compiler.tasks.function_task import FunctionTask, TaskPlugins, task
from compiler.tasks.on_literals import is_one_attempt
from compiler.workflows.body_errors import body_error
from compiler.workflows.generated_workflow import InnerWorkflow
from compiler.workflows.outputs import bind_outputs
from drawloom.context import ExecutionMode, current
from drawloom.ir import Key, key
from literals import attempt, entrance, pb
from typeengine import NamedCodecs

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from compiler.options.option_table import FunctionTaskOptions
    from drawloom.context import FlyteContext

__tracebackhide__ = True  # pytest leaves out the frames of this module

P = ParamSpec("P")
R = TypeVar("R")

_TASK, _LAUNCH_PLAN = 1, 3


@dataclass(frozen=True)
class Expansion:
    """What one run of a dynamic body gives.

    `spec`: nodes, outputs, task templates and sub-workflow templates. `entities`: the live entity of each identifier.
    `launch_plans` and `workflows`: plans that nodes call, and the specifications of what they start; a server has both
    registered already, so the job specification has no place for them.
    """

    spec: pb.DynamicJobSpec
    entities: Mapping[Key, Any]
    launch_plans: tuple[pb.LaunchPlan, ...] = ()
    workflows: tuple[pb.WorkflowSpec, ...] = ()


@dataclass(frozen=True)
class DynamicConfig:
    """Marks a task as dynamic for the registry of task classes; `inner` is the author's own task_config."""

    inner: Any = field(default=None)


class DynamicTask(FunctionTask[P, R], Generic[P, R]):
    """A dynamic task; see the module."""

    def __init__(self, task_config: object, task_function: Callable[..., Any], **kwargs: Any) -> None:
        if inspect.iscoroutinefunction(task_function):
            raise OptionError(
                "a dynamic body is traced, so it cannot be async",
                where=getattr(task_function, "__name__", ""),
                fix="write def, or use @eager for a body that awaits",
                expected="def",
                got="async def",
            )
        inner = task_config.inner if isinstance(task_config, DynamicConfig) else task_config
        refuse_config(inner, "a dynamic task's body is traced, so no plug-in runs it", task_function)
        kwargs["execution_mode"] = ExecutionBehavior.DYNAMIC
        super().__init__(inner, task_function, **kwargs)

    @property
    def is_dynamic(self) -> bool:
        """True: running it gives a graph."""
        return True

    def get_environment(self, settings: SerializationSettings) -> dict[str, str]:
        """The task's variables, and the settings that the body is compiled under."""
        return super().get_environment(settings.with_serialized_context())

    def expand(self, **kwargs: Any) -> Expansion:
        """Run the body on Python values and give the graph that it calls.

        Raises:
            CompileError: several mistakes in the calls; a single one is raised as itself.
            FlyteAssertion: it calls a reference task, which a job specification cannot hold.
            Whatever the body raises by itself.
        """
        trace = Trace(self.name, prefix="d")
        interface = self.python_interface
        code = inspect.unwrap(self.task_function).__code__
        with trace.opened():
            called = attempt(self.task_function, **kwargs)
            if called.error is not None:
                raise body_error(called.error, trace)
            result = called.value
            end = SourceLocation(code, 0, code.co_firstlineno)
            outputs = bind_outputs(trace, interface, result, end)
            for problem in check_graph(trace.nodes, self.name, outputs, end):
                trace.report(problem)
            trace.fail_if_wrong()
        body = InnerWorkflow(lambda: self.name, interface, trace.nodes, outputs)
        return _expansion(body, _settings())

    def dispatch_execute(self, ctx: FlyteContext | None, input_literal_map: pb.LiteralMap) -> Any:
        """In a task execution: the job specification, or the outputs of a body that calls nothing. Elsewhere: the outputs.

        Raises:
            As `expand`; DrawloomError: a literal does not fit its type.
        """
        if not is_one_attempt(ctx):
            return super().dispatch_execute(ctx, input_literal_map)
        values = NamedCodecs(self.python_interface.input_codecs, self.name).decode_map(input_literal_map)
        spec = self.expand(**values).spec
        if spec.nodes:
            return spec
        outputs = self.python_interface.outputs
        bound = {binding.var: binding.binding for binding in spec.outputs}
        return pb.LiteralMap(literals={name: _literal(bound[name]) for name in outputs})

    def execute(self, **kwargs: Any) -> Any:
        """Call the user's function as it is: inside a trace its calls become nodes."""
        return self.task_function(**kwargs)


def _literal(data: pb.BindingData) -> pb.Literal:
    """The literal of a constant binding."""
    kind = data.WhichOneof("value")
    if kind == "collection":
        parts = [_literal(part) for part in data.collection.bindings]
        return pb.Literal(collection=pb.LiteralCollection(literals=parts))
    if kind == "map":
        entries = {name: _literal(part) for name, part in data.map.bindings.items()}
        return pb.Literal(map=pb.LiteralMap(literals=entries))
    if kind == "offloaded_metadata":
        return pb.Literal(offloaded_metadata=data.offloaded_metadata)
    return pb.Literal(scalar=data.scalar)


def _settings() -> SerializationSettings:
    """The settings in force: those of the context, or what the container was started with."""
    chosen = current().settings
    if chosen is not None:
        return chosen
    text = os.environ.get(SERIALIZED_CONTEXT_ENV_VAR)
    if text:
        return SerializationSettings.from_transport(text)
    state = current().execution
    in_container = state is not None and state.mode is ExecutionMode.TASK_EXECUTION
    return SerializationSettings() if in_container else LiveSettings()


def _expansion(body: InnerWorkflow, settings: SerializationSettings) -> Expansion:
    emitter = Emitter(settings)
    template = emitter.workflow_template(body)
    needed = with_dependencies(body.dependencies())
    for entity in _all_below(body):
        if entity.resource_type == _TASK and not entity.is_written:
            raise FlyteAssertion(
                "a dynamic task calls a reference task, whose template is not known here",
                where=body.name,
                expected="an entity whose template is known here",
                got=entity.name,
                fix="call it in a workflow, or call its launch plan",
            )
    below = sorted(sub_workflows(body), key=lambda sub: sub.name)
    called = [entity for entity in _all_below(body) if entity.resource_type == _LAUNCH_PLAN and entity.is_written]
    spec = pb.DynamicJobSpec(
        nodes=template.nodes,
        min_successes=len(template.nodes),
        outputs=template.outputs,
        tasks=[emitter.task_template(entity) for entity in needed if entity.resource_type == _TASK],
        subworkflows=[emitter.workflow_template(sub) for sub in below],
    )
    return Expansion(
        spec,
        {key(emitter.identifier(entity)): entity for entity in needed},
        tuple(emitter.spec(plan) for plan in called),
        tuple(emitter.workflow_spec(plan.workflow) for plan in called),
    )


def _all_below(root: Any) -> list[Any]:
    """Every entity that is reached from `root`, each once."""
    found: dict[int, Any] = {}
    queue = list(root.dependencies())
    while queue:
        entity = queue.pop()
        if id(entity) not in found:
            found[id(entity)] = entity
            queue.extend(entity.dependencies())
    return list(found.values())


TaskPlugins.register_pythontask_plugin(DynamicConfig, DynamicTask)


@overload
def dynamic(_task_function: Callable[P, R], /) -> DynamicTask[P, R]: ...


@overload
def dynamic(
    _task_function: None = None, *in_order: object, **options: Unpack[FunctionTaskOptions]
) -> _DynamicDecorator: ...


def dynamic(_task_function: Callable[..., Any] | None = None, *in_order: object, **options: object) -> Any:
    """Declare a function to be a dynamic task; with or without parentheses. Options are those of `@task`.

    `node_dependency_hints`: entities that the body may call; they are written before this task.

    Raises:
        As `@task`; OptionError for an async function.
    """

    @entrance
    def wrapper(fn: Callable[..., Any]) -> Any:
        given = options_by_name(in_order, options, getattr(fn, "__name__", ""))
        given |= {
            "task_config": DynamicConfig(given.get("task_config")),
            "execution_mode": ExecutionBehavior.DYNAMIC,
        }
        return task(**given)(fn)

    return wrapper if _task_function is None else wrapper(_task_function)


class _DynamicDecorator:
    """What `@dynamic(...)` gives to a type checker: function in, dynamic task with the same signature out."""

    def __call__(self, fn: Callable[P, R], /) -> DynamicTask[P, R]:
        return dynamic(fn)
