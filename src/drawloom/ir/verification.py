"""Static checks of a message: every rule, on any message that is a program or a part of one."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

from drawloom.ir.entity_index import EntityIndex
from drawloom.ir.entity_rules import check_plan, check_plan_spec, check_plan_template, check_task
from drawloom.ir.fast_check import FastCheck, NodeTable
from drawloom.ir.keys import Key, key
from drawloom.ir.node_rules import check_nodes, check_outputs, check_workflow
from drawloom.ir.problems import Diagnostics, Problem, VerifyError
from literals import DrawloomError, LimitError, limits, pb, too_deep

BUNDLE_FORMAT = 1
"""The layout of `Bundle` that this library writes, and the newest that it reads."""


def verify(message: pb.Message, known: Iterable[pb.Message] = ()) -> tuple[Problem, ...]:
    """Every broken rule of a message, in the order of the message; an empty tuple for a good one.

    `message` is a `Bundle`, `CompiledWorkflowClosure`, `WorkflowSpec`, `WorkflowTemplate`, `TaskSpec`, `TaskTemplate`,
    `LaunchPlan`, `LaunchPlanSpec` or `DynamicJobSpec`; `known` are further entities that it may refer to.

    An entity that is in neither is foreign: another project registered it, its interface is unknown, and what depends on
    it is not judged. A sub-workflow may not be foreign, since no engine looks it up. Inner nodes (arms of branches, the
    node of an array) see their owner's scope and need no unique id.

    {rules}

    Source of the rules: what Flyte's compiler refuses at registration, and what drawloom's interpreter relies on.
    """
    return _verified(message, known, None, ())[0]


def check(
    message: pb.Message, known: Iterable[pb.Message] = (), *, size: int | None = None, sound: Container[Key] = ()
) -> Mapping[Key | None, NodeTable]:
    """`verify`, raising `VerifyError` with every problem if there is one.

    `size`: how many bytes the message was parsed from; then it is no deeper than a reader accepts, and is not written
    again to find out. `sound`: workflows whose nodes and outputs keep all rules, as who made them knows; they are not
    looked at, and may have been left out of the message.

    Gives what was read of the nodes, by workflow; a dynamic job's own nodes are under None.
    """
    problems, rows = _verified(message, known, size, sound)
    if problems:
        raise VerifyError(problems)
    return rows


def _verified(
    message: pb.Message, known: Iterable[pb.Message], size: int | None, sound: Container[Key]
) -> tuple[tuple[Problem, ...], Mapping[Key | None, NodeTable]]:
    diagnostics, index = Diagnostics(), EntityIndex()
    fast = FastCheck(index, sound)
    for item in known:
        learn(item, index)
    learn(message, index)
    try:
        limits.check_size(_size(message) if size is None else size)
        _check(message, fast, diagnostics)
    except (LimitError, RecursionError) as error:
        what = error.what if isinstance(error, DrawloomError) else "the message is nested too deeply"
        diagnostics.add("limits", what)
    return tuple(dict.fromkeys(diagnostics.found)), fast.rows


def _size(message: pb.Message) -> int:
    """The size of a message in bytes. Raises `LimitError` for one that is nested more deeply than protobuf can write."""
    from google.protobuf.message import EncodeError  # noqa: PLC0415 - importing this module must not load protobuf

    try:
        return len(message.SerializeToString())
    except (EncodeError, RecursionError) as error:
        raise too_deep(message.DESCRIPTOR.name) from error


def learn(message: pb.Message, index: EntityIndex) -> None:
    """Make the entities of a message known."""
    if isinstance(message, pb.Bundle):
        for closure in message.workflows:
            learn(closure, index)
        index.add_tasks(task.template for task in message.tasks)
        index.plans.update((key(plan.id), plan) for plan in message.launch_plans)
    elif isinstance(message, pb.CompiledWorkflowClosure):
        index.add_workflows([message.primary.template, *(sub.template for sub in message.sub_workflows)])
        index.add_tasks(task.template for task in message.tasks)
        index.templates.update((key(plan.template.id), plan.template) for plan in message.launch_plans)
    elif isinstance(message, pb.WorkflowSpec):
        index.add_workflows([message.template, *message.sub_workflows])
    elif isinstance(message, pb.DynamicJobSpec):
        index.add_workflows(message.subworkflows)
        index.add_tasks(message.tasks)
    elif isinstance(message, pb.TaskSpec):
        index.add_tasks([message.template])
    elif isinstance(message, pb.TaskTemplate):
        index.add_tasks([message])
    elif isinstance(message, pb.WorkflowTemplate):
        index.add_workflows([message])
    elif isinstance(message, pb.LaunchPlan):
        index.plans[key(message.id)] = message


def _check(message: pb.Message, fast: FastCheck, diagnostics: Diagnostics) -> None:
    if isinstance(message, pb.Bundle):
        _bundle(message, fast, diagnostics)
    elif isinstance(message, pb.CompiledWorkflowClosure):
        _closure(message, fast, diagnostics, set())
    elif isinstance(message, pb.WorkflowSpec):
        _workflows([message.template, *message.sub_workflows], fast, diagnostics, set())
    elif isinstance(message, pb.WorkflowTemplate):
        _workflows([message], fast, diagnostics, set())
    elif isinstance(message, pb.TaskSpec):
        _tasks([message.template], diagnostics, set())
    elif isinstance(message, pb.TaskTemplate):
        _tasks([message], diagnostics, set())
    elif isinstance(message, pb.LaunchPlan):
        check_plan(message, fast.index, diagnostics.at(_name(message.id)))
    elif isinstance(message, pb.LaunchPlanSpec):
        check_plan_spec(message, fast.index, diagnostics.at("launch plan"))
    elif isinstance(message, pb.DynamicJobSpec):
        _dynamic(message, fast, diagnostics)
    else:
        raise DrawloomError(
            "this message is not a program",
            expected="a bundle, closure, specification, template, launch plan or dynamic job",
            got=message.DESCRIPTOR.full_name,
            fix="give one of these",
        )


def _name(identifier: pb.Identifier) -> str:
    name = key(identifier)
    return f"{name.kind} {name}"


def _tasks(tasks: Iterable[pb.TaskTemplate], diagnostics: Diagnostics, done: set[Key]) -> None:
    for task in tasks:
        if _first(task, done):
            check_task(task, diagnostics.at(_name(task.id)))


def _workflows(
    templates: Iterable[pb.WorkflowTemplate], fast: FastCheck, diagnostics: Diagnostics, done: set[Key]
) -> None:
    for template in templates:
        if _first(template, done):
            check_workflow(template, fast, diagnostics.at(_name(template.id)))


def _first(entity: pb.TaskTemplate | pb.WorkflowTemplate, done: set[Key]) -> bool:
    """Whether this entity is met for the first time; closures of one bundle share theirs. See `_conflicts`."""
    name = key(entity.id)
    new = name not in done
    done.add(name)
    return new


def _closure(closure: pb.CompiledWorkflowClosure, fast: FastCheck, diagnostics: Diagnostics, done: set[Key]) -> None:
    if not closure.HasField("primary"):
        diagnostics.add("closure-primary", "the closure has no workflow")
        return
    templates = [closure.primary.template, *(sub.template for sub in closure.sub_workflows)]
    _unique([key(t.id) for t in templates], diagnostics)
    _unique([key(task.template.id) for task in closure.tasks], diagnostics)
    _tasks((task.template for task in closure.tasks), diagnostics, done)
    _workflows(templates, fast, diagnostics, done)
    for plan in closure.launch_plans:
        check_plan_template(plan.template, diagnostics.at(_name(plan.template.id)))


def _unique(names: Iterable[Key], diagnostics: Diagnostics) -> None:
    seen: set[Key] = set()
    for name in names:
        if name in seen:
            diagnostics.at(f"{name.kind} {name}").add("entity-duplicate", "two entities have this identifier")
        seen.add(name)


def _bundle(bundle: pb.Bundle, fast: FastCheck, diagnostics: Diagnostics) -> None:
    if bundle.version.format != BUNDLE_FORMAT:
        diagnostics.add(
            "bundle-version",
            "the bundle is of another format",
            expected=f"format {BUNDLE_FORMAT}",
            got=f"format {bundle.version.format} of {bundle.version.producer or 'an unknown writer'}",
            fix="read it with the version of drawloom that wrote it, or compile it anew",
        )
        return
    done: set[Key] = set()
    _conflicts(bundle, diagnostics)
    _tasks((task.template for task in bundle.tasks), diagnostics, done)
    for closure in bundle.workflows:
        _closure(closure, fast, diagnostics, done)
    _unique([key(plan.id) for plan in bundle.launch_plans], diagnostics)
    for plan in bundle.launch_plans:
        check_plan(plan, fast.index, diagnostics.at(_name(plan.id)))


def _conflicts(bundle: pb.Bundle, diagnostics: Diagnostics) -> None:
    """Closures may repeat an entity, but then it must be the same."""
    seen: dict[Key, pb.Message] = {}
    entities: list[pb.TaskTemplate | pb.WorkflowTemplate] = [task.template for task in bundle.tasks]
    for closure in bundle.workflows:
        entities += [closure.primary.template, *(sub.template for sub in closure.sub_workflows)]
        entities += [task.template for task in closure.tasks]
    for entity in entities:
        first = seen.setdefault(key(entity.id), entity)
        if first is not entity and first != entity:
            diagnostics.at(_name(entity.id)).add("entity-conflict", "two different entities have this identifier")


def _dynamic(job: pb.DynamicJobSpec, fast: FastCheck, diagnostics: Diagnostics) -> None:
    inner_diagnostics = diagnostics.at("dynamic job")
    _unique([key(task.id) for task in job.tasks], inner_diagnostics)
    _tasks(job.tasks, inner_diagnostics, set())
    _workflows(job.subworkflows, fast, inner_diagnostics, set())
    if not 0 <= job.min_successes <= len(job.nodes):
        inner_diagnostics.add(
            "dynamic-successes", "it asks for more successes than it has nodes", got=str(job.min_successes)
        )
    raw = [node.SerializeToString() for node in job.nodes]
    scope, fast.rows[None] = check_nodes(job.nodes, raw, None, fast, inner_diagnostics)
    check_outputs(job.outputs, None, scope, inner_diagnostics)


rules = {
    "array-bound-input": "a bound input of an array node is an input of what it maps",
    "array-outputs": "what an array node maps has at most one output",
    "array-ratio": "a success ratio is between 0 and 1",
    "array-target": "an array node maps a task or a launch plan",
    "binding-constant": "a constant conforms to the type it is bound to",
    "binding-container": "a list or map of bindings is bound where the type has one",
    "binding-type": "a promise's type may flow into the type it is bound to",
    "binding-unknown-input": "a promise of the empty node names an input of the workflow",
    "binding-unknown-node": "a promise names a node of the same scope",
    "binding-unknown-output": "a promise names an output that its node has",
    "binding-unset": "a binding binds something",
    "branch-arm-unset": "every case of a branch runs a node",
    "branch-empty": "a branch has a case",
    "bundle-version": "a bundle is of a format that this version reads",
    "cache-ignored-input": "an input that the cache ignores exists",
    "cache-serialize": "cache_serialize is set on cached tasks only",
    "cache-version": "a cached task has a cache version",
    "closure-primary": "a closure has a workflow",
    "condition-operand-unset": "both sides of a comparison are set, to simple values",
    "condition-operator": "a comparison's operator is known",
    "condition-types": "the two sides of a comparison are of types that compare",
    "condition-unknown-operand": "a condition reads inputs of its branch only",
    "condition-unset": "a condition is a comparison or a conjunction of conditions",
    "cycle": "no node waits for itself, directly or through others",
    "dynamic-successes": "a dynamic job asks for no more successes than it has nodes",
    "entity-conflict": "an entity that a bundle holds twice is the same both times",
    "entity-duplicate": "no two entities of a closure have one identifier",
    "failure-policy": "the failure policy is known",
    "failure-target": "a failure handler is a task or a workflow",
    "failure-upstream": "a failure handler waits for no node",
    "gate-approve-input": "an approval passes on exactly one input",
    "gate-signal-id": "an approval or a signal has an id",
    "gate-signal-output": "a signal's value has a name",
    "gate-sleep": "a sleep has a time that is not negative",
    "gate-unset": "a gate waits for something",
    "id-kind": "an entity's identifier is of its kind",
    "id-name": "an entity's identifier has a name",
    "input-bound-twice": "an input is bound once",
    "input-fixed": "an input that the launch plan fixes is not bound",
    "input-unbound": "every input without a default is bound",
    "input-unknown": "only inputs that exist are bound",
    "limits": "the message is no deeper and no bigger than protobuf readers accept",
    "nested-too-deep": "nodes are not nested more deeply than protobuf readers accept",
    "node-id-duplicate": "the nodes of one scope have different ids",
    "node-id-missing": "a node has an id",
    "node-id-reserved": "a node's id is not one of the engine's own",
    "node-target-unset": "a node runs something",
    "notification-phases": "a notification is for at least one phase",
    "notification-unset": "a notification goes somewhere",
    "output-bound-twice": "an output is bound once",
    "output-unbound": "every output is bound",
    "output-unknown": "only outputs that exist are bound",
    "path-not-in-type": "a path into a value goes where its type does",
    "path-step-unset": "every step of a path is set",
    "plan-input-behavior": "an open input of a launch plan is required or has a default",
    "plan-input-missing": "a launch plan mentions every input of its workflow",
    "plan-input-twice": "an input of a launch plan is fixed or open, not both",
    "plan-input-type": "an open input's type may flow into the workflow's input",
    "plan-input-unknown": "a launch plan mentions inputs that exist",
    "plan-parallelism": "max_parallelism is not negative",
    "plan-value": "a default or fixed value conforms to its type",
    "plan-workflow": "a launch plan names a workflow",
    "reference-kind": "a node's reference is of the kind that its target says",
    "reference-unknown": "a sub-workflow travels with the workflow that uses it",
    "reference-unset": "a node says what it runs",
    "resource-empty": "a resource has an amount",
    "resource-twice": "a resource is requested once and limited once",
    "resource-unknown": "a resource is one that we know",
    "schedule-argument": "the input that takes a schedule's time exists and is a datetime",
    "schedule-cron": "a cron schedule is not empty",
    "schedule-input": "every input of a scheduled run has a value",
    "schedule-rate": "a rate is a positive number of a known unit",
    "schedule-unset": "a schedule says when",
    "task-type": "a task has a type",
    "timeout-negative": "a timeout is not negative",
    "type-empty-union": "a union has variants",
    "type-unknown": "a simple type is one that we know",
    "type-unset": "a type is whole",
    "upstream-unknown": "a node waits for nodes of the same scope",
    "variable-name": "a variable has a name",
}
"""Every rule by name; `tests/conformance` has a message that breaks each."""

verify.__doc__ = (verify.__doc__ or "").replace("{rules}", "\n    ".join(f"- {n}: {text}" for n, text in rules.items()))
