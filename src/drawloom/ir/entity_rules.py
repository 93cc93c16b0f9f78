"""The rules of tasks and launch plans."""

from __future__ import annotations

from drawloom.ir.assignment import mismatch
from drawloom.ir.entity_index import EntityIndex, Types, variables
from drawloom.ir.keys import key
from drawloom.ir.node_rules import check_identifier, check_interface, check_type
from drawloom.ir.problems import Diagnostics
from literals import literal_text, pb, type_text

_TASK, _WORKFLOW, _PLAN = 1, 2, 3
_DATETIME = 5


def check_task(task: pb.TaskTemplate, diagnostics: Diagnostics) -> None:
    """Everything about one task."""
    check_identifier(task.id, _TASK, diagnostics)
    if not task.type:
        diagnostics.add("task-type", "the task has no type", expected="such as python-task, container or raw-container")
    check_interface(task.interface, diagnostics)
    metadata = task.metadata
    if metadata.discoverable and not metadata.discovery_version:
        diagnostics.add("cache-version", "the task is cached but has no cache version")
    if metadata.cache_serializable and not metadata.discoverable:
        diagnostics.add("cache-serialize", "cache_serialize needs the cache")
    for name in metadata.cache_ignore_input_vars:
        if name not in task.interface.inputs.variables:
            diagnostics.add("cache-ignored-input", f"the cache ignores {name!r}, which is not an input")
    if metadata.timeout.seconds < 0 or metadata.timeout.nanos < 0:
        diagnostics.add("timeout-negative", "the timeout is negative", got=f"{metadata.timeout.seconds} s")
    _resources(task.container.resources, diagnostics)


def _resources(resources: pb.Resources, diagnostics: Diagnostics) -> None:
    for word, entries in (("requests", resources.requests), ("limits", resources.limits)):
        seen: set[int] = set()
        for entry in entries:
            if entry.name in seen:
                name = _resource_name(entry.name)
                diagnostics.add("resource-twice", f"{name} is in the {word} twice")
            elif not entry.name or entry.name not in pb.Resources.ResourceName.values():
                diagnostics.add("resource-unknown", f"a resource in the {word} is unknown", got=str(entry.name))
            elif not entry.value:
                diagnostics.add("resource-empty", f"{_resource_name(entry.name)} in the {word} has no amount")
            seen.add(entry.name)


def _resource_name(number: int) -> str:
    values = pb.Resources.ResourceName
    return values.Name(pb.Resources.ResourceName.ValueType(number)) if number in values.values() else str(number)


def check_plan(plan: pb.LaunchPlan, index: EntityIndex, diagnostics: Diagnostics) -> None:
    """Everything about one launch plan; its inputs are held against its workflow where that is known."""
    check_identifier(plan.id, _PLAN, diagnostics)
    check_plan_spec(plan.spec, index, diagnostics)


def check_plan_spec(spec: pb.LaunchPlanSpec, index: EntityIndex, diagnostics: Diagnostics) -> None:
    """A launch plan without its identifier."""
    if spec.workflow_id.resource_type != _WORKFLOW or not spec.workflow_id.name:
        diagnostics.add("plan-workflow", "the launch plan does not name a workflow", got=str(key(spec.workflow_id)))
    workflow = index.workflows.get(key(spec.workflow_id))
    inputs = None if workflow is None else variables(workflow.interface.inputs)
    defaults, fixed = spec.default_inputs.parameters, spec.fixed_inputs.literals
    for name in sorted(defaults):
        _parameter(name, defaults[name], inputs, diagnostics.at(f"default_inputs.{name}"))
        if name in fixed:
            diagnostics.add("plan-input-twice", f"input {name!r} is both fixed and open")
    for name in sorted(fixed):
        _value(name, fixed[name], None if inputs is None else inputs.get(name), diagnostics.at(f"fixed_inputs.{name}"))
        if inputs is not None and name not in inputs:
            _unknown(name, inputs, diagnostics)
    for name, kind in (inputs or {}).items():
        if name not in defaults and name not in fixed:
            diagnostics.add(
                "plan-input-missing", f"the workflow's input {name!r} is not mentioned", expected=type_text(kind)
            )
    if spec.max_parallelism < 0:
        diagnostics.add("plan-parallelism", "max_parallelism is negative", got=str(spec.max_parallelism))
    if spec.entity_metadata.HasField("schedule"):
        _schedule(spec, inputs, diagnostics.at("schedule"))
    for number, notification in enumerate(spec.entity_metadata.notifications):
        _notification(notification, diagnostics.at(f"notifications[{number}]"))


def _unknown(name: str, inputs: Types, diagnostics: Diagnostics) -> None:
    diagnostics.add("plan-input-unknown", f"the workflow has no input {name!r}", expected=", ".join(inputs) or "none")


def _parameter(name: str, parameter: pb.Parameter, inputs: Types | None, diagnostics: Diagnostics) -> None:
    check_type(parameter.var.type, diagnostics)
    if inputs is not None:
        if name not in inputs:
            _unknown(name, inputs, diagnostics)
        else:
            reason = mismatch(parameter.var.type, inputs[name])
            if reason is not None:
                diagnostics.add("plan-input-type", reason, expected=type_text(inputs[name]))
    kind = parameter.WhichOneof("behavior")
    if kind is None:
        diagnostics.add("plan-input-behavior", "the input is neither required nor has a default")
    elif kind == "default":
        _value(name, parameter.default, parameter.var.type, diagnostics)


def _value(name: str, literal: pb.Literal, kind: pb.LiteralType | None, diagnostics: Diagnostics) -> None:
    found = mismatch(literal, kind)
    if found is not None:
        got = literal_text(literal, limit=120)
        diagnostics.add(
            "plan-value",
            f"the value of {name} is not of its type: {found}",
            expected=type_text(kind or pb.LiteralType()),
            got=got,
        )


def _schedule(spec: pb.LaunchPlanSpec, inputs: Types | None, diagnostics: Diagnostics) -> None:
    schedule = spec.entity_metadata.schedule
    kind = schedule.WhichOneof("ScheduleExpression")
    if kind is None:
        if schedule.kickoff_time_input_arg:
            diagnostics.add("schedule-unset", "the schedule says when for none of its ways")
        return
    if kind == "rate" and (not schedule.rate.value or schedule.rate.unit not in pb.FixedRateUnit.values()):
        diagnostics.add("schedule-rate", "the rate is zero or of an unknown unit")
    if kind == "cron_schedule" and not schedule.cron_schedule.schedule.strip():
        diagnostics.add("schedule-cron", "the cron schedule is empty")
    argument = schedule.kickoff_time_input_arg
    if argument and inputs is not None:
        if argument not in inputs:
            diagnostics.add(
                "schedule-argument", f"the workflow has no input {argument!r} for the time", expected=", ".join(inputs)
            )
        elif inputs[argument].simple != _DATETIME:
            diagnostics.add(
                "schedule-argument",
                f"input {argument!r} takes no time",
                expected="datetime",
                got=type_text(inputs[argument]),
            )
    for name, parameter in sorted(spec.default_inputs.parameters.items()):
        if parameter.required and name != argument:
            diagnostics.add(
                "schedule-input",
                f"a scheduled run has no value for the required input {name!r}",
                fix="give it a default or fix it",
            )


def _notification(notification: pb.Notification, diagnostics: Diagnostics) -> None:
    if notification.WhichOneof("type") is None:
        diagnostics.add("notification-unset", "the notification goes nowhere", expected="email, slack or pager duty")
    if not notification.phases:
        diagnostics.add("notification-phases", "the notification is for no phase")


def check_plan_template(template: pb.LaunchPlanTemplate, diagnostics: Diagnostics) -> None:
    """A launch plan as a compiled closure carries it."""
    check_identifier(template.id, _PLAN, diagnostics)
    check_interface(template.interface, diagnostics)
    inputs = variables(template.interface.inputs)
    for name in sorted(template.fixed_inputs.literals):
        if name in inputs:
            _value(name, template.fixed_inputs.literals[name], inputs[name], diagnostics.at(f"fixed_inputs.{name}"))
