"""Workflows in the narrower form that Flyte 1's compiler takes, and back.

Three things are written in another way, so that programs need not be:

- a whole number that is compared with a float output becomes a float;
- a workflow without nodes gets one that does nothing;
- the conditions of a branch that read a part of an output, an optional value, an enum or None are decided by a task of their own
  in front of it (`<branch>-choice`), which gives the number of the case that holds; the branch compares that. Branches inside its
  arms are decided by the same task, those that are not reached as 0.

The task carries the conditions that it decides in its command, so that `restored` gives back what was lowered, and a bundle runs
here with the nodes and names that its author wrote.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping, MutableSequence, Sequence
from typing import TypeVar, final

from drawloom.ir.bundle import connections
from drawloom.ir.entity_index import EntityIndex
from drawloom.ir.flyte1 import is_comparable, mixed_comparisons
from drawloom.ir.flyte1_types import type_of_promise
from drawloom.ir.keys import Key, key
from drawloom.ir.platform import WorkflowScope
from drawloom.ir.walking import walk
from literals import MalformedError, parse, pb

CHOICE_RESOLVER = "drawloom.interpreter.nodes.choice.resolver"
"""The resolver of the tasks that decide conditions; its one loader argument is `conditions_text`."""
_ENTRYPOINT = "drawloom-execute"
_RESOLVER = "--resolver"
_MARK = "drawloom-choice"
_IDLE = "drawloom-pass"


def conditions_text(branch: pb.Node) -> str:
    """A branch node without the calls of its arms, as a loader argument: base64 of the message."""
    return base64.urlsafe_b64encode(branch.SerializeToString(deterministic=True)).decode()


def conditions_of(text: str) -> pb.Node:
    """The branch node that `conditions_text` wrote.

    Raises:
        MalformedError: it is not such a text.
    """
    try:
        data = base64.b64decode(text.encode(), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedError(
            "this is not a branch's conditions",
            expected="base64 of a Node",
            got="other bytes",
            fix="compile the workflow again",
        ) from error
    return parse(pb.Node, data, "conditions")


_Item = TypeVar("_Item")


@final
class _NotLoweredError(Exception):
    """What a condition reads has no type that is known here."""


@final
class Lowering:
    """Lowers the workflows that one index knows. `tasks`: those that were made, by key; they grow with each workflow.

    A branch stays as it is where there is no task that runs `drawloom-execute`, whose container the choice could have too, or
    where the type of what is compared is not known.
    """

    def __init__(self, index: EntityIndex, like: pb.TaskTemplate | None = None) -> None:
        """`like`: a task whose container choices have where no task of the index runs `drawloom-execute`."""
        self.tasks: dict[Key, pb.TaskTemplate] = {}
        self._index = index
        self._donor = next((task for task in index.tasks.values() if _is_ours(task)), like)

    def workflow(self, template: pb.WorkflowTemplate) -> pb.WorkflowTemplate:
        """The workflow as the cluster takes it; a new message."""
        made = pb.WorkflowTemplate()
        made.CopyFrom(template)
        if not made.nodes:
            made.nodes.append(_pass_node())
            return made
        scope = WorkflowScope(made, self._index)
        nodes: list[pb.Node] = []
        for node in made.nodes:
            branches = _branches(node)
            for branch in branches:
                for constant in [*mixed_comparisons(branch, scope)]:
                    if int(float(constant.integer)) == constant.integer:
                        constant.float_value = float(constant.integer)
            if not all(is_comparable(branch, scope) for branch in branches) and self._donor is not None:
                choice = self._choice(node, branches, scope, self._donor)
                nodes += [] if choice is None else [choice]
            nodes.append(node)
        if len(nodes) > len(made.nodes):
            copies = [_copied(each) for each in nodes]
            del made.nodes[:]
            made.nodes.extend(copies)
        return made

    def bundle(self, bundle: pb.Bundle) -> pb.Bundle:
        """A bundle with its workflows lowered, and the tasks that they need then; a new message."""
        made = pb.Bundle()
        made.CopyFrom(bundle)
        for closure in made.workflows:
            for compiled in (closure.primary, *closure.sub_workflows):
                template = self.workflow(compiled.template)
                for name in self._called(template):
                    closure.tasks.add(template=self.tasks[name])
                compiled.template.CopyFrom(template)
                compiled.connections.CopyFrom(connections(template))
        return made

    def spec(self, spec: pb.WorkflowSpec) -> pb.WorkflowSpec:
        """A workflow's specification with it and its sub-workflows lowered; a new message."""
        made = pb.WorkflowSpec()
        made.CopyFrom(spec)
        for template in (made.template, *made.sub_workflows):
            template.CopyFrom(self.workflow(template))
        return made

    def job(self, job: pb.DynamicJobSpec, name: str) -> pb.DynamicJobSpec:
        """What a dynamic task made, lowered; a new message. `name`: what the tasks that are added are named after."""
        made = pb.DynamicJobSpec()
        made.CopyFrom(job)
        whole = pb.WorkflowTemplate(nodes=job.nodes, outputs=job.outputs)
        if self._donor is not None:
            whole.id.CopyFrom(self._donor.id)
        whole.id.name = name
        # A graph without nodes never reaches the platform: what it gives is written as outputs.
        for template in (whole, *made.subworkflows) if job.nodes else made.subworkflows:
            template.CopyFrom(self.workflow(template))
        made.tasks.extend(self.tasks.values())
        del made.nodes[:]
        made.nodes.extend(whole.nodes)
        return made

    def _called(self, template: pb.WorkflowTemplate) -> Iterator[Key]:
        for node in template.nodes:
            if node.HasField("task_node") and (name := key(node.task_node.reference_id)) in self.tasks:
                yield name

    def _choice(
        self, node: pb.Node, branches: list[pb.Node], scope: WorkflowScope, donor: pb.TaskTemplate
    ) -> pb.Node | None:
        """The node that decides a branch and those inside it, which then compare what it gives; None if it cannot be made."""
        owner = scope.template.id
        taken = {each.id for each in scope.template.nodes}
        name = f"{node.id}-choice"
        while name in taken:
            name += "x"
        made = pb.Node(id=name, metadata=pb.NodeMetadata(name=_MARK))
        interface = pb.TypedInterface()
        conditions = pb.Node()
        try:
            _without_calls(node, conditions, made, interface, scope)
        except _NotLoweredError:
            return None
        for number in range(len(branches)):
            interface.outputs.variables[f"c{number}"].type.simple = pb.SimpleType.INTEGER
        identifier = made.task_node.reference_id
        identifier.CopyFrom(owner)
        identifier.resource_type = pb.ResourceType.TASK
        identifier.name = f"{owner.name}.{name}"
        made.upstream_node_ids.extend(
            dict.fromkeys(b.binding.promise.node_id for b in made.inputs if b.binding.promise.node_id)
        )
        self.tasks[key(identifier)] = _choice_task(identifier, interface, conditions, donor)
        for number, branch in enumerate(branches):
            _compare_with_choice(branch, name, f"c{number}")
        return made


def _is_ours(task: pb.TaskTemplate) -> bool:
    return _ENTRYPOINT in task.container.args and _RESOLVER in task.container.args and _MARK not in task.config


def _copied(node: pb.Node) -> pb.Node:
    """A node that is not a part of the message it came from."""
    made = pb.Node()
    made.CopyFrom(node)
    return made


def _pass_node() -> pb.Node:
    made = pb.Node(id="pass", metadata=pb.NodeMetadata(name=_IDLE))
    made.gate_node.sleep.duration.SetInParent()
    return made


def _branches(node: pb.Node) -> list[pb.Node]:
    """A branch node and the branch nodes in its arms, owners first; empty for another kind of node."""
    if not node.HasField("branch_node"):
        return []
    return [visited.node for visited in walk([node]) if visited.node.HasField("branch_node")]


def _cases(branch: pb.Node) -> list[pb.IfBlock]:
    block = branch.branch_node.if_else
    return [block.case, *block.other]


def _without_calls(
    branch: pb.Node, into: pb.Node, choice: pb.Node, interface: pb.TypedInterface, scope: WorkflowScope
) -> None:
    """Write a branch without its calls, bound to inputs v0, v1 … of the choice, which are bound to what the branch was.

    Raises:
        _NotLoweredError: a condition reads something whose type is not known.
    """
    into.id = branch.id
    for binding in branch.inputs:
        kind = type_of_promise(binding.binding.promise, scope.scope) if binding.binding.HasField("promise") else None
        if kind is None:
            raise _NotLoweredError
        name = f"v{len(choice.inputs)}"
        choice.inputs.add(var=name, binding=binding.binding)
        interface.inputs.variables[name].type.CopyFrom(kind)
        into.inputs.add(var=binding.var).binding.promise.var = name
    block, made = branch.branch_node.if_else, into.branch_node.if_else
    for index, case in enumerate(_cases(branch)):
        copy = made.case if index == 0 else made.other.add()
        copy.condition.CopyFrom(case.condition)
        _arm_without_calls(case.then_node, copy.then_node, choice, interface, scope)
    if block.HasField("else_node"):
        _arm_without_calls(block.else_node, made.else_node, choice, interface, scope)


def _arm_without_calls(
    arm: pb.Node, into: pb.Node, choice: pb.Node, interface: pb.TypedInterface, scope: WorkflowScope
) -> None:
    into.id = arm.id
    if arm.HasField("branch_node"):
        _without_calls(arm, into, choice, interface, scope)


def _compare_with_choice(branch: pb.Node, choice: str, output: str) -> None:
    del branch.inputs[:]
    operand = f"{choice}.{output}"
    promise = branch.inputs.add(var=operand).binding.promise
    promise.node_id, promise.var = choice, output
    branch.upstream_node_ids.append(choice)
    for number, case in enumerate(_cases(branch)):
        case.condition.Clear()
        case.condition.comparison.left_value.var = operand
        case.condition.comparison.right_value.primitive.integer = number


def _choice_task(
    identifier: pb.Identifier, interface: pb.TypedInterface, conditions: pb.Node, donor: pb.TaskTemplate
) -> pb.TaskTemplate:
    made = pb.TaskTemplate(id=identifier, type="python-task", interface=interface, config={_MARK: "1"})
    made.metadata.runtime.CopyFrom(donor.metadata.runtime)
    made.metadata.retries.SetInParent()
    container = donor.container
    made.container.image = container.image
    made.container.env.extend(container.env)
    args = [*container.args]
    made.container.args.extend([*args[: args.index(_RESOLVER) + 1], CHOICE_RESOLVER, "--", conditions_text(conditions)])
    return made


def restored(bundle: pb.Bundle) -> pb.Bundle:
    """The bundle as it was before it was lowered, but for constants that became floats; the same message if it was not.

    Raises:
        MalformedError: a task that decides conditions does not carry any.
    """
    choices = _choices(each.template for closure in bundle.workflows for each in closure.tasks)
    workflows = [each.template for closure in bundle.workflows for each in (closure.primary, *closure.sub_workflows)]
    if not choices and not any(_is_pass(each) for each in workflows):
        return bundle
    made = pb.Bundle()
    made.CopyFrom(bundle)
    for closure in made.workflows:
        used: set[Key] = set()
        for compiled in (closure.primary, *closure.sub_workflows):
            used |= _restore(compiled.template, choices)
            compiled.connections.CopyFrom(connections(compiled.template))
        _keep(closure.tasks, [key(each.template.id) not in used for each in closure.tasks])
    _keep(made.tasks, [_MARK not in each.template.config for each in made.tasks])
    return made


def restored_job(job: pb.DynamicJobSpec) -> pb.DynamicJobSpec:
    """What a dynamic task made, as it was before it was lowered; else as `restored`."""
    choices = _choices(job.tasks)
    if not choices and not any(_is_pass(each) for each in job.subworkflows):
        return job
    made = pb.DynamicJobSpec()
    made.CopyFrom(job)
    whole = pb.WorkflowTemplate(nodes=job.nodes)
    used = _restore(whole, choices)
    for template in made.subworkflows:
        used |= _restore(template, choices)
    del made.nodes[:]
    made.nodes.extend(whole.nodes)
    _keep(made.tasks, [key(each.id) not in used for each in made.tasks])
    return made


def _choices(tasks: Iterable[pb.TaskTemplate]) -> dict[Key, pb.TaskTemplate]:
    return {key(each.id): each for each in tasks if _MARK in each.config}


def _keep(items: MutableSequence[_Item], kept: Sequence[bool]) -> None:
    """Leave only these items in a repeated field."""
    for index in range(len(kept) - 1, -1, -1):
        if not kept[index]:
            del items[index]


def _is_pass(template: pb.WorkflowTemplate) -> bool:
    return len(template.nodes) == 1 and template.nodes[0].metadata.name == _IDLE and template.nodes[0].id == "pass"


def _restore(template: pb.WorkflowTemplate, choices: Mapping[Key, pb.TaskTemplate]) -> set[Key]:
    """Give the branches of a workflow their own conditions again; give the tasks that decided them until now."""
    used: set[Key] = set()
    if _is_pass(template):
        del template.nodes[:]
        return used
    by_id = {node.id: node for node in template.nodes}
    kept = [True] * len(template.nodes)
    for index, node in enumerate(template.nodes):
        task = choices.get(key(node.task_node.reference_id)) if node.HasField("task_node") else None
        if task is None:
            continue
        conditions = conditions_of(task.container.args[-1] if task.container.args else "")
        branch = by_id.get(conditions.id)
        if branch is None or not _is_told(branch, conditions, {binding.var for binding in node.inputs}):
            continue
        for found, told in zip(_branches(branch), _branches(conditions), strict=True):
            _restore_conditions(found, told, node)
        kept[index] = False
        used.add(key(task.id))
    _keep(template.nodes, kept)
    return used


def _is_told(branch: pb.Node, conditions: pb.Node, inputs: set[str]) -> bool:
    """Whether these are conditions of that branch, over inputs that the choice has."""
    found, told = _branches(branch), _branches(conditions)
    shapes = [[(each.id, len(_cases(each))) for each in side] for side in (found, told)]
    return shapes[0] == shapes[1] and all(b.binding.promise.var in inputs for each in told for b in each.inputs)


def _restore_conditions(branch: pb.Node, conditions: pb.Node, choice: pb.Node) -> None:
    bound = {binding.var: binding.binding for binding in choice.inputs}
    del branch.inputs[:]
    for binding in conditions.inputs:
        branch.inputs.add(var=binding.var, binding=bound[binding.binding.promise.var])
    kept = [each for each in branch.upstream_node_ids if each != choice.id]
    del branch.upstream_node_ids[:]
    branch.upstream_node_ids.extend(kept)
    for case, told in zip(_cases(branch), _cases(conditions), strict=True):
        case.condition.CopyFrom(told.condition)
