"""What Flyte 1 refuses of workflows as graphs: names of what is read, order of nodes, ids of inner nodes, plans that start themselves.

Each rule's docstring names the Go source of `flytepropeller` that it is of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from drawloom.ir.binding_rules import promise_text
from drawloom.ir.entity_index import PLAN, WORKFLOW
from drawloom.ir.flyte1 import FLYTE1
from drawloom.ir.keys import Key, key
from drawloom.ir.kubernetes import quantity
from drawloom.ir.platform import Finding, WorkflowScope
from drawloom.ir.walking import inner, promises, walk
from literals import pb, takes_none, type_text

_VARIABLE = re.compile(r"\w+", re.ASCII)
_QUANTITY_FORM = "digits with an optional suffix such as m, k, M, G, Ki, Mi or Gi"


# -- what is read


def _unreadable(binding: pb.Binding, side: str) -> Iterator[Finding]:
    for promise in promises(binding.binding):
        if _VARIABLE.fullmatch(promise.var) is None:
            yield Finding(
                f"{promise_text(promise)} is read, whose name the cluster does not read",
                "letters of ASCII, digits and _",
                promise.var,
                "rename the variable",
                f"{side}.{binding.var}",
            )


@FLYTE1.rule("variable-ascii", "a variable that is read has a name of ASCII letters, digits and _", "node")
def _variables(node: pb.Node, scope: WorkflowScope) -> Iterator[Finding]:
    """`ParseVarName` in flytepropeller/pkg/compiler/typing/variable.go, which `validateBinding` asks of each promise."""
    del scope
    for binding in node.inputs:
        yield from _unreadable(binding, "inputs")


@FLYTE1.rule(
    "variable-ascii-output", "of a workflow's output: a variable has a name of ASCII letters, digits and _", "outputs"
)
def _variables_of_outputs(template: pb.WorkflowTemplate, scope: WorkflowScope) -> Iterator[Finding]:
    """`ParseVarName` in flytepropeller/pkg/compiler/typing/variable.go, which `validateBinding` asks of each promise."""
    del scope
    for binding in template.outputs:
        yield from _unreadable(binding, "outputs")


# -- order and ids


@FLYTE1.rule("node-order", "a branch or an approval stands behind the nodes that it reads", "outputs")
def _order(template: pb.WorkflowTemplate, scope: WorkflowScope) -> Iterator[Finding]:
    """`ValidateWorkflow` in flytepropeller/pkg/compiler/workflow_compiler.go.

    It looks at the bindings of a branch, of its arms and of an approval as soon as it meets them (`ValidateBranchNode` in
    validators/node.go, `ValidateUnderlyingInterface` in validators/interface.go), when only the nodes before them are known.
    """
    del scope
    known = {""}
    for node in template.nodes:
        known.add(node.id)
        if node.HasField("branch_node") or node.gate_node.HasField("approve"):
            for visited in walk([node]):
                for binding in visited.node.inputs:
                    for promise in promises(binding.binding):
                        if promise.node_id not in known:
                            yield Finding(
                                f"{promise_text(promise)} is read before its node is declared",
                                ", ".join(sorted(known - {"", node.id})) or "no node",
                                promise.node_id,
                                "call that node first",
                                f"{visited.path}: inputs.{binding.var}",
                            )


def _inner_ids(node: pb.Node, name: str, path: str) -> Iterator[tuple[str, str, pb.Node]]:
    """(id on the cluster, where, node) of a node and of the arms inside it."""
    yield name, path, node
    for arm in inner(node, path) if node.HasField("branch_node") else ():
        yield from _inner_ids(arm.node, f"{name}-{arm.node.id}", arm.path)


@FLYTE1.rule("branch-node-id", "the nodes of a branch's arms have ids of their own", "outputs")
def _arm_ids(template: pb.WorkflowTemplate, scope: WorkflowScope) -> Iterator[Finding]:
    """`buildNodes` in flytepropeller/pkg/compiler/transformers/k8s/node.go (ValueCollision), when an execution is created.

    An arm's node is `<branch>-<arm>` there (`branchNodeIDFormatter` in validators/node.go).
    """
    del scope
    seen: dict[str, tuple[str, pb.Node]] = {}
    for top in template.nodes:
        for name, where, node in _inner_ids(top, top.id, top.id):
            if name in seen and seen[name][1] != node:
                got = f"{seen[name][0]} and {where}"
                yield Finding(
                    "two different nodes have one id on the cluster",
                    "ids of their own",
                    got,
                    "give one of them another id",
                    where,
                )
            seen.setdefault(name, (where, node))


@FLYTE1.rule("override-quantity", "a resource that a node asks for is a quantity of Kubernetes", "node")
def _quantities(node: pb.Node, scope: WorkflowScope) -> Iterator[Finding]:
    """`ToK8sResourceRequirements` in flyteplugins/go/tasks/pluginmachinery/flytek8s/utils.go, when an execution is created."""
    del scope
    resources = node.task_node.overrides.resources
    for side, entries in (("requests", resources.requests), ("limits", resources.limits)):
        for entry in entries:
            if quantity(entry.value) is None:
                yield Finding(
                    "a resource is not a quantity",
                    _QUANTITY_FORM,
                    entry.value,
                    "write such as 500m or 2Gi",
                    f"overrides.{side}",
                )


@FLYTE1.rule(
    "array-interface", "a map's inputs and outputs are lists in the interface of the task that it runs", "node"
)
def _array_interface(node: pb.Node, scope: WorkflowScope) -> Iterator[Finding]:
    """`ValidateUnderlyingInterface` in validators/interface.go takes the interface of what is inside as the array node's own."""
    array = node.array_node
    known = scope.signature(array.node) if array.is_original_sub_node_interface.value else None
    if known is None or not array.node.HasField("task_node"):
        return
    for name, kind in known.inputs.items():
        if name not in array.bound_inputs and kind.WhichOneof("type") != "collection_type":
            yield Finding(
                f"the map's input {name!r} is not a list on the cluster, which takes the task's own interface",
                "a map task, whose interface has lists",
                type_text(kind),
                "map the task with map_task in the project that defines it",
            )


@FLYTE1.rule("failure-input", "every input of a failure handler is bound, or may be None", "outputs")
def _failure_inputs(template: pb.WorkflowTemplate, scope: WorkflowScope) -> Iterator[Finding]:
    """`ValidateBindings` in flytepropeller/pkg/compiler/validators/bindings.go, of the failure node as of any other."""
    known = scope.signature(template.failure_node) if template.HasField("failure_node") else None
    if known is None:
        return
    bound = {binding.var for binding in template.failure_node.inputs}
    for name, kind in known.inputs.items():
        if name not in bound and name not in known.optional and not takes_none(kind):
            yield Finding(
                f"input {name!r} of the failure handler is not bound, which on the cluster only one that may be None can be",
                "a type with None, such as Optional[FlyteError]",
                type_text(kind),
                f"write {name}: Optional[...] = None in the handler",
                "failure",
            )


@FLYTE1.rule("sub-workflow-cycle", "no workflow holds itself as a sub-workflow", "outputs")
def _sub_workflow_cycle(template: pb.WorkflowTemplate, scope: WorkflowScope) -> Iterator[Finding]:
    """`updateWorkflowRequirements` in flytepropeller/pkg/compiler/requirements.go follows sub-workflows without end."""
    own = key(template.id)
    seen: set[Key] = set()
    waiting = [own]
    while waiting:
        for name in scope.index.started(waiting.pop()):
            if name == own:
                yield Finding("the workflow holds itself as a sub-workflow", fix="call it in a @dynamic task")
                return
            if name.resource_type == WORKFLOW and name not in seen:
                seen.add(name)
                waiting.append(name)


# -- plans


@FLYTE1.rule("plan-cycle", "no workflow starts itself by a launch plan", "outputs")
def _plan_cycle(template: pb.WorkflowTemplate, scope: WorkflowScope) -> Iterator[Finding]:
    """`getCompiledWorkflow` in flyteadmin/pkg/manager/impl/workflow_manager.go.

    A plan that a node runs has to be registered before the workflow, and a plan is registered behind its own.
    """
    own = key(template.id)
    stack = [(own, "")]
    seen: set[tuple[Key, bool]] = set()
    while stack:
        current, by = stack.pop()
        for name in scope.index.started(current):
            through = by or (name.name if name.resource_type == PLAN else "")
            target = _workflow_of(name, scope)
            if target == own and through:
                yield Finding(
                    "the workflow starts itself by a launch plan, which is registered behind it",
                    "another workflow",
                    through,
                    "start it by its plan in a @dynamic task",
                )
                return
            if (target, bool(through)) not in seen:
                seen.add((target, bool(through)))
                stack.append((target, through))


def _workflow_of(name: Key, scope: WorkflowScope) -> Key:
    """The workflow that a reference runs: a plan's own, or that of the plan's name, whose default plan it is."""
    plan = scope.index.plans.get(name)
    return key(plan.spec.workflow_id) if plan is not None else name._replace(resource_type=WORKFLOW)
