"""What a node's target means: the live entity, the attempts, the time, the inputs of a plan.

Retries and timeouts: the node's where it sets them, else the task's (zero is unset in both). An entity comes from those given
to the run, else from the reference stubs given, else from the code that the task's container arguments name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from interpreter.differences import note_differences
from interpreter.errors import InputError, ReferenceNotRegisteredError
from interpreter.executor import find_entity
from interpreter.isolation import isolated_call
from interpreter.jobs import Job, Scope
from interpreter.options import RunOptions
from interpreter.process import needs_process, process_call
from interpreter.program import Graph, NodePlan, Program, TaskPlan, TaskTarget
from ir import Key
from literals import conforms, pb, preview, type_text

PLAN = 3
"""`ResourceType.LAUNCH_PLAN`."""


def prepare_job(job: Job, target: TaskTarget, node: NodePlan, scope: Scope, options: RunOptions) -> None:
    """Give a task's job its entity and limits. Raises the errors of finding an entity."""
    task = scope.program.task(target.key)
    if task is not None and (target.overrides is not None or target.key not in scope.noted):
        scope.noted.add(target.key)
        note_differences(task, target.overrides)
    job.key = target.key
    job.task = task
    job.scope = scope
    job.retries = node.retries or (task.retries if task is not None else 0)
    job.timeout = node.timeout or (task.timeout if task is not None else 0.0)
    job.environment = task.environment if task is not None else {}
    job.parameters = options.parameters
    job.state = options.state
    entity = scope.entities.get(target.key)
    if entity is None and task is not None and needs_process(task):
        job.call = process_call(task)
        return
    if task is not None and _isolated(task, job.timeout, options):
        job.call = isolated_call(task, job.timeout)
        job.timeout = 0.0  # the process is killed by who started it
        job.environment = {}
        return
    job.entity = entity if entity is not None else entity_of(target.key, scope)


def target_timeout(job: Job, node: NodePlan) -> float:
    """Seconds that one attempt may take; 0 means any."""
    return node.timeout or (job.task.timeout if job.task is not None else 0.0)


def _isolated(task: TaskPlan, timeout: float, options: RunOptions) -> bool:
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


def item_entity(entity: Any) -> Any:
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
        fix="give one: run(..., entities={key: entity}), or run it where it is registered",
    )


def target_graph(name: Key, program: Program) -> Graph | None:
    """The graph behind a workflow's or a launch plan's key; None for a reference."""
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
                    got=preview(pb.Literal.FromString(inputs[variable])),
                    fix="leave it out, or use another plan",
                )
            bound[variable] = data
    return bound


def check_inputs(owner: str, interface: Any, inputs: Mapping[str, bytes]) -> None:
    """Refuse inputs that are missing, unknown, or of another type.

    Raises:
        InputError: with the first of them.
    """
    variables = interface.inputs.variables
    known = ", ".join(f"{name}: {type_text(each.type)}" for name, each in variables.items()) or "none"
    for name in inputs:
        if name not in variables:
            raise InputError(f"there is no input {name!r}", where=owner, expected=known, got=name)
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
            )
