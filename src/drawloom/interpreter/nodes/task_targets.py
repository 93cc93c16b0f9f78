"""What a node's target means: the live entity, the attempts, the time, the inputs of a plan.

Retries and timeouts: the node's where it sets them, else the task's (zero is unset in both). An entity comes from those given
to the run, else from the reference stubs given, else from the code that the task's container arguments name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from drawloom.interpreter.cache.lookup import cache_rule
from drawloom.interpreter.errors import InputError, ReferenceNotRegisteredError, UnsupportedTaskError
from drawloom.interpreter.executors.resources import requested
from drawloom.interpreter.options import RunOptions
from drawloom.interpreter.program.graph import Graph, NodeKind, NodePlan, TaskTarget
from drawloom.interpreter.program.program import Program, TaskPlan
from drawloom.interpreter.record.code_digest import code_of
from drawloom.interpreter.scheduling.scheduler import Scheduler
from drawloom.interpreter.tasks.command import needs_process, process_call
from drawloom.interpreter.tasks.isolation import is_flytekit_command, isolated_call
from drawloom.interpreter.tasks.job import Scope, Way
from drawloom.interpreter.tasks.not_simulated import note_differences
from drawloom.interpreter.tasks.outcome import load_entity
from drawloom.ir import Key
from literals import conforms, pb, preview, type_text

PLAN = 3
"""`ResourceType.LAUNCH_PLAN`."""


def way_of(node: NodePlan, scope: Scope, scheduler: Scheduler) -> Way:
    """How the nodes of this one's kind run here. Raises the errors of finding an entity."""
    kind = node.kind
    way = scope.ways.get(kind)
    if way is None:
        way = scope.ways[kind] = prepare_way(kind, scope, scheduler).settled()
    return way


def prepare_way(kind: NodeKind, scope: Scope, scheduler: Scheduler, *, item: bool = False) -> Way:
    """A way for a task's nodes, or for the items of an array node, which its maker may still change."""
    options = scheduler.options
    target = cast("TaskTarget", kind.target)
    task = scope.program.task(target.key)
    if task is not None and (target.overrides is not None or target.key not in scope.noted):
        scope.noted.add(target.key)
        note_differences(task, target.overrides)
    way = Way(target.key.name, target.key)
    way.task, way.scope = task, scope
    way.retries = kind.retries or (task.retries if task is not None else 0)
    way.timeout = kind.timeout or (task.timeout if task is not None else 0.0)
    way.environment = task.environment if task is not None else {}
    way.is_element = item
    if options.executor is not None and task is not None:
        of_node = list(target.overrides.resources.requests) if target.overrides is not None else []
        way.resources = requested(of_node or task.template.container.resources.requests)
    if task is not None and options.cache is not None:
        way.cache = cache_rule(task, kind, options.cache, overwrite=options.overwrite_cache)
    entity = scope.entities.get(target.key)
    if entity is None and task is not None and needs_process(task):
        way.call = process_call(task, way.timeout)
    elif task is not None and _isolated(task, way.timeout, options):
        way.record = scheduler.records().of_way(way)
        way.call = isolated_call(task, python=options.python, decks=scheduler.decks())
        way.timeout = 0.0  # the process is killed by who started it
        way.environment = {}
    else:
        entity = entity if entity is not None else entity_of(target.key, scope)
        entity = item_entity(entity) if item else entity
        way.callee = scheduler.callee(entity, way.name)
        way.stays = scheduler.executor is not None and bool(getattr(entity, "calls_tasks", False))
    if scheduler.recorder is not None and way.callee is not None:
        way.code = code_of(way.callee.entity)
    return way


def called_way(name: Key, scope: Scope, scheduler: Scheduler) -> Way:
    """How a workflow's node runs that is called instead of its graph.

    Called is the stub of a reference to what is outside the program, and the stand-in of a workflow that a test replaces.
    """
    entity = stand_in(name, scope)
    way = Way(name.name, name)
    way.callee = scheduler.callee(reference_entity(name, scope) if entity is None else entity, way.name)
    return way.settled()


def stand_in(name: Key, scope: Scope) -> Any:
    """The live workflow behind a key, where something stands in for its graph; None where the graph runs."""
    return _stand_in(scope.entities.get(name))


def _stand_in(entity: object) -> Any:
    return getattr(entity, "stand_in", None)


def _isolated(task: TaskPlan, timeout: float, options: RunOptions) -> bool:
    if options.python and is_flytekit_command(task):
        return True
    if task.loader is None or options.isolation == "thread":
        return False
    return options.isolation == "process" or timeout > 0


def entity_of(name: Key, scope: Scope) -> Any:
    """The live entity of a task's key."""
    entity = scope.entities.get(name)
    if entity is None:
        entity = scope.loaded.get(name)
    if entity is None:
        task = scope.program.task(name)
        if task is None:
            return reference_entity(name, scope)
        entity = scope.loaded[name] = find_entity(task)
    return entity


def find_entity(task: TaskPlan) -> Any:
    """The live entity of a task, by the resolver and the loader arguments in its container's arguments.

    Raises:
        UnsupportedTaskError: the template names no resolver.
        EntityNotFoundError: the resolver's or the task's module cannot be imported, or has no such task.
    """
    if task.loader is None:
        kind = task.template.WhichOneof("target") or "no container"
        raise UnsupportedTaskError(
            "the program does not say which Python code this task is",
            where=f"task {task.key.name}",
            expected="container arguments with `--resolver R -- ...`",
            got=f"task type {task.template.type!r} with {kind}",
            fix="give an entity for it: run(..., entities={key: entity})",
        )
    resolver, args = task.loader
    return load_entity(resolver, args, where=f"task {task.key.name}")


def item_entity(entity: object) -> Any:
    """What runs one item of an array node: the task inside a map task, or the task itself."""
    return getattr(entity, "run_task", entity)


def reference_entity(name: Key, scope: Scope) -> Any:
    """The stub that stands for an entity outside the program."""
    entity = scope.entities.get(name)
    if entity is not None:
        return entity
    raise ReferenceNotRegisteredError(
        f"{name.kind} {name.name!r} is a reference to what is not in this program",
        where=str(name),
        expected="an entity that stands for it",
        got="none",
        fix="give one: run(..., entities={key: entity}), or run it where it is registered",
    )


def target_graph(name: Key, program: Program, entities: Mapping[Key, Any] | None = None) -> Graph | None:
    """The graph behind a workflow's or a launch plan's key; None for a reference.

    `entities`: given where the graph is to be run; None then also where one of them is called instead (see `called_way`).
    """
    if entities and _stand_in(entities.get(name)) is not None:
        return None
    if name.resource_type == PLAN:
        plan = program.plan(name)
        if plan is None:
            # Every workflow has a default plan of its own name, which need not be written.
            return program.graph(name._replace(resource_type=2))
        return program.graph(_workflow_key(plan))
    return program.graph(name)


def _workflow_key(plan: Any) -> Key:
    ref = plan.spec.workflow_id
    return Key(ref.resource_type, ref.project, ref.domain, ref.name, ref.version)


def plan_inputs(name: Key, inputs: Mapping[str, bytes], program: Program) -> dict[str, bytes]:
    """The inputs of a workflow that is started through a plan: the plan's defaults, then what is given, then what is fixed.

    Raises:
        InputError: an input that the plan fixes is given.
    """
    plan = program.plan(name if name.resource_type == PLAN else name._replace(resource_type=PLAN))
    if plan is None:
        return dict(inputs)
    bound: dict[str, bytes] = {}
    for variable, parameter in plan.spec.default_inputs.parameters.items():
        if parameter.WhichOneof("behavior") == "default":
            bound[variable] = parameter.default.SerializeToString(deterministic=True)
    bound.update(inputs)
    if name.resource_type == PLAN:
        for variable, literal in plan.spec.fixed_inputs.literals.items():
            data = literal.SerializeToString(deterministic=True)
            if variable in inputs and inputs[variable] != data:
                raise InputError(
                    f"input {variable!r} is fixed by the launch plan",
                    where=f"launch plan {name.name}",
                    expected="other inputs",
                    got=preview(pb.Literal.FromString(inputs[variable])),
                    fix="leave it out, or use another plan",
                )
            bound[variable] = data
    return bound


def check_inputs(owner: str, interface: pb.TypedInterface, inputs: Mapping[str, bytes]) -> None:
    """Refuse inputs that are missing, unknown, or of another type.

    Raises:
        InputError: with the first of them.
    """
    variables = interface.inputs.variables
    known = ", ".join(f"{name}: {type_text(each.type)}" for name, each in variables.items()) or "none"
    for name in inputs:
        if name not in variables:
            raise InputError(
                f"there is no input {name!r}", where=owner, expected=known, got=name, fix="use one of these names"
            )
    for name, variable in variables.items():
        if name not in inputs:
            raise InputError(
                f"input {name!r} is missing", where=owner, expected=known, got=", ".join(inputs) or "none",
                fix="give it a value; it has no default",
            )  # fmt: skip
        wrong = conforms(pb.Literal.FromString(inputs[name]), variable.type)
        if wrong:
            raise InputError(
                f"input {name!r} does not have the declared type",
                where=owner,
                expected=type_text(variable.type),
                got=preview(str(wrong)),
                fix="give a value of that type",
            )
