"""From the messages of a graph to its plan, in one pass over the nodes.

The message has been verified. What depends only on what a node runs and how (its metadata, its target, the names of its
inputs) is read once for all nodes that have the same bytes there: a node of a known kind costs its bindings and its id.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from interpreter.errors import LoadError
from interpreter.graph import (
    NO_ARM,
    ArrayTarget,
    BranchTarget,
    GateTarget,
    Graph,
    NodeKind,
    NodePlan,
    Target,
    TaskTarget,
    WorkflowTarget,
    seconds,
)
from interpreter.resolve import INPUTS, Plan, Reference, collect_slots, plan_binding
from ir import Key, key, order
from literals import pb


class _Planner:
    """Plans the nodes of one graph; branch arms are appended behind the nodes that are not in arms."""

    def __init__(self, nodes: tuple[pb.Node, ...]) -> None:
        self.top = nodes
        self.slots = {node.id: index for index, node in enumerate(nodes)}
        self.slots[""] = INPUTS
        self.planned: list[NodePlan | None] = [None] * len(nodes)
        self.kinds: dict[tuple[bytes, bytes, tuple[str, ...]], NodeKind] = {}

    def all(self) -> tuple[NodePlan, ...]:
        for index, node in enumerate(self.top):
            self.planned[index] = self.node(node, index, node.id)
        return tuple(cast("list[NodePlan]", self.planned))  # every arm was filled in by its branch

    def node(self, node: pb.Node, index: int, address: str, arm_of: int = NO_ARM) -> NodePlan:
        inputs: list[tuple[str, Plan]] = []
        read: set[int] = set()
        for item in node.inputs:
            plan = plan_binding(item.binding, self.slots)
            inputs.append((item.var, plan))
            if type(plan) is Reference:
                read.add(plan.slot)
            else:
                collect_slots(plan, read)
        kind, arms = self.kind(node, tuple([variable for variable, _ in inputs]), index, address)
        for arm in arms:
            read.update(arm.reads)
        read.discard(INPUTS)
        read.discard(index)
        reads = tuple(sorted(read)) if len(read) > 1 else tuple(read)
        return NodePlan(
            index, node.id, address, kind, tuple(inputs), self.waits(node, index, arms, reads), reads, arm_of
        )

    def waits(self, node: pb.Node, index: int, arms: list[NodePlan], reads: tuple[int, ...]) -> tuple[int, ...]:
        """Whom a node waits for: whose outputs it reads, and who is named."""
        slots = self.slots
        found = {slots[name] for name in node.upstream_node_ids if name in slots}
        for arm in arms:
            found.update(arm.waits)
        found -= {INPUTS, index}
        if found.issubset(reads):
            return reads
        return tuple(sorted(found.union(reads)))

    def kind(
        self, node: pb.Node, variables: tuple[str, ...], index: int, address: str
    ) -> tuple[NodeKind, list[NodePlan]]:
        """What the node shares with others, and the plans of its arms."""
        if not node.HasField("task_node"):
            target, arms = self.target(node, index, address)
            return NodeKind(node.metadata, target, variables), arms
        task = node.task_node
        place = (node.metadata.SerializeToString(), task.SerializeToString(), variables)
        found = self.kinds.get(place)
        if found is None:
            overrides = task.overrides if task.HasField("overrides") else None
            target = TaskTarget(key(task.reference_id), overrides)
            found = self.kinds[place] = NodeKind(node.metadata, target, variables)
        return found, []

    def target(self, node: pb.Node, index: int, address: str) -> tuple[Target, list[NodePlan]]:
        kind = node.WhichOneof("target")
        if kind == "workflow_node":
            which = node.workflow_node.WhichOneof("reference")
            ref = (
                node.workflow_node.launchplan_ref if which == "launchplan_ref" else node.workflow_node.sub_workflow_ref
            )
            return WorkflowTarget(key(ref)), []
        if kind == "branch_node":
            return self.branch(node.branch_node.if_else, index, address)
        if kind == "gate_node":
            return _gate(node.gate_node), []
        if kind == "array_node":
            return self.array(node.array_node, index, address), []
        raise LoadError(
            "a node says nothing about what it runs", where=f"node {node.id}", fix="compile the workflow again"
        )

    def branch(self, block: pb.IfElseBlock, index: int, address: str) -> tuple[Target, list[NodePlan]]:
        arms: list[NodePlan] = []
        cases: list[tuple[pb.BooleanExpression, int]] = []
        for number, case in enumerate((block.case, *block.other)):
            arms.append(self.arm(case.then_node, index, f"{address}.case{number}"))
            cases.append((case.condition, arms[-1].position))
        default, error = NO_ARM, None
        which = block.WhichOneof("default")
        if which == "else_node":
            arms.append(self.arm(block.else_node, index, f"{address}.else"))
            default = arms[-1].position
        elif which == "error":
            error = block.error
        return BranchTarget(tuple(cases), default, error), arms

    def arm(self, node: pb.Node, branch: int, address: str) -> NodePlan:
        index = len(self.planned)
        self.planned.append(None)
        plan = self.node(node, index, f"{address}/{node.id}", branch)
        self.planned[index] = plan
        return plan

    def array(self, node: pb.ArrayNode, index: int, address: str) -> ArrayTarget:
        criterion = node.WhichOneof("success_criteria")
        return ArrayTarget(
            self.node(node.node, index, address),
            frozenset(node.bound_inputs),
            node.parallelism,
            node.min_successes if criterion == "min_successes" else None,
            node.min_success_ratio if criterion == "min_success_ratio" else 1.0,
        )


def _gate(gate: pb.GateNode) -> GateTarget:
    kind = gate.WhichOneof("condition")
    if kind == "sleep":
        return GateTarget("sleep", "", seconds(gate.sleep.duration), None, "")
    if kind == "signal":
        return GateTarget("signal", gate.signal.signal_id, 0.0, gate.signal.type, gate.signal.output_variable_name)
    return GateTarget("approve", gate.approve.signal_id, 0.0, None, "")


def _in_order(nodes: Iterable[pb.Node]) -> tuple[_Planner, tuple[NodePlan, ...]]:
    """The declared order if every node stands behind what it waits for; else `ir.order`'s."""
    declared = tuple(nodes)
    planner = _Planner(declared)
    plans = planner.all()
    for plan in plans[: len(declared)]:
        if plan.waits and plan.waits[-1] >= plan.position:
            planner = _Planner(order(declared))
            return planner, planner.all()
    return planner, plans


def plan_graph(  # what a graph is made of differs between workflows and dynamic jobs; this is what they share
    name: Key,
    nodes: Iterable[pb.Node],
    outputs: Iterable[pb.Binding],
    *,
    failure: pb.Node | None = None,
    fail_after: bool = False,
    interface: pb.TypedInterface | None = None,
) -> Graph:
    """Plan the nodes of a workflow or of a dynamic job. The message has been verified."""
    planner, plans = _in_order(nodes)
    top = len(planner.top)
    bound = tuple((item.var, plan_binding(item.binding, planner.slots)) for item in outputs)
    last = planner.node(failure, len(plans), failure.id) if failure is not None else None
    dependents: list[list[int]] = [[] for _ in plans]
    uses = [0] * len(plans)
    counts = [len(plan.waits) for plan in plans]
    gates: list[int] = []
    for plan in plans[:top]:
        position = plan.position
        for slot in plan.waits:
            dependents[slot].append(position)
        for slot in plan.reads:
            uses[slot] += 1
        target = plan.kind.target
        if type(target) is GateTarget and target.kind != "sleep":
            gates.append(position)
    kept = set(last.reads if last else ())
    for _, plan in bound:
        collect_slots(plan, kept)
    for slot in kept - {INPUTS}:
        uses[slot] += 1
    return Graph(name, plans, top, counts, dependents, uses, bound, last, fail_after, interface, tuple(gates))
