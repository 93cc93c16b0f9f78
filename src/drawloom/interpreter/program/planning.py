"""From the messages of a graph to its plan, in one pass over the nodes.

The message has been verified. What depends only on what a node runs and how (its metadata, its
target) is read once for all nodes that have the same bytes there. The common node (a task or a workflow on whole outputs and
constants) is planned from what verification read in columns; only the messages of the others are walked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast, final

from drawloom.interpreter.errors import LoadError
from drawloom.interpreter.program.bindings import INPUTS, Plan, Reference, collect_slots, plan_binding
from drawloom.interpreter.program.graph import (
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
from drawloom.ir import CONSTANT, NODE_KINDS, Key, NodeTable, NodeVisitor, key, order, workflow_reference
from literals import pb

_Planned = tuple[Target, list[NodePlan]]
"""What a node runs, and the plans of its arms."""


@final
class _Planner(NodeVisitor[[int, str], _Planned]):
    """Plans the nodes of one graph; branch arms are appended behind the nodes that are not in arms.

    As a visitor it gives what a node runs, from the node's place in the graph and its address.
    """

    def __init__(self, nodes: Sequence[pb.Node], rows: NodeTable | None = None) -> None:
        self.top = nodes
        ids = [node.id for node in nodes] if rows is None else rows.ids
        self.slots = {name: index for index, name in enumerate(ids)}
        self.slots[""] = INPUTS
        self.planned: list[NodePlan | None] = [None] * len(ids)
        self.kinds: dict[tuple[bytes, bytes, bytes], NodeKind] = {}
        self.constants: dict[bytes, Plan] = {}

    def all(self) -> tuple[NodePlan, ...]:
        """The plans of all nodes, by their messages."""
        for index, node in enumerate(self.top):
            self.planned[index] = self.node(node, index, node.id)
        return self.plans()

    def plans(self) -> tuple[NodePlan, ...]:
        return tuple(cast("list[NodePlan]", self.planned))  # every arm was filled in by its branch

    def by_rows(self, rows: NodeTable) -> tuple[NodePlan, ...]:
        """The plans of all nodes; the messages are looked at only for those that are more than a task on plain inputs."""
        planned, kinds, new = self.planned, self.kinds, cast("Any", tuple).__new__
        for index, (name, edges, waits, *kind_of) in enumerate(zip(*rows, strict=True)):
            if edges is None or waits is None:
                planned[index] = self.node(self.top[index], index, name)
                continue
            parts = tuple(kind_of)
            kind = kinds.get(parts) or self.kind_of(parts)
            inputs: tuple[tuple[str, Plan], ...] = ()
            if len(edges) == 1 and edges[0][1] >= 0:
                # As by far the most nodes are: what it reads is what it waits for, or part of it.
                reads = waits if len(waits) == 1 else (edges[0][1],)
            else:
                reads = tuple(sorted({at for _, at, _ in edges if at >= 0}))
                if CONSTANT in [at for _, at, _ in edges]:
                    inputs = tuple([(variable, self.plan_of(at, output)) for variable, at, output in edges])
                    edges = None  # noqa: PLW2901 - the row's, from here on
            planned[index] = new(NodePlan, (index, name, name, kind, edges, inputs, waits, reads, NO_ARM))
        return self.plans()

    def kind_of(self, parts: tuple[bytes, bytes, bytes]) -> NodeKind:
        metadata, task, workflow = parts
        target = _task(pb.TaskNode.FromString(task)) if task else _workflow(pb.WorkflowNode.FromString(workflow))
        kind = self.kinds[parts] = NodeKind(pb.NodeMetadata.FromString(metadata), target)
        return kind

    def plan_of(self, at: int, output: str | bytes) -> Plan:
        if isinstance(output, str):
            return Reference(at, output)
        plan = self.constants.get(output)
        if plan is None:
            plan = self.constants[output] = plan_binding(pb.Binding.FromString(output).binding, self.slots)
        return plan

    def node(self, node: pb.Node, index: int, address: str, arm_of: int = NO_ARM) -> NodePlan:
        inputs: list[tuple[str, Plan]] = []
        read: set[int] = set()
        for item in node.inputs:
            plan = plan_binding(item.binding, self.slots)
            inputs.append((item.var, plan))
            collect_slots(plan, read)
        target, arms = self.visit(node, index, address)
        for arm in arms:
            read.update(arm.reads)
        reads = tuple(sorted(read - {INPUTS, index}))
        waits = self.waits(node, index, arms, reads)
        kind = NodeKind(node.metadata, target)
        return NodePlan(index, node.id, address, kind, None, tuple(inputs), waits, reads, arm_of)

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

    def task_node(self, _: pb.Node, target: pb.TaskNode, /, index: int, address: str) -> _Planned:
        del index, address
        return _task(target), []

    def workflow_node(self, _: pb.Node, target: pb.WorkflowNode, /, index: int, address: str) -> _Planned:
        del index, address
        return _workflow(target), []

    def gate_node(self, _: pb.Node, target: pb.GateNode, /, index: int, address: str) -> _Planned:
        del index, address
        return _gate(target), []

    def unset(self, node: pb.Node, /, index: int, address: str) -> _Planned:
        del index, address
        raise LoadError(
            "a node says nothing about what it runs",
            where=f"node {node.id}",
            expected=NODE_KINDS,
            got="none",
            fix="compile the workflow again",
        )

    def branch_node(self, _: pb.Node, target: pb.BranchNode, /, index: int, address: str) -> _Planned:
        block = target.if_else
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

    def array_node(self, _: pb.Node, target: pb.ArrayNode, /, index: int, address: str) -> _Planned:
        criterion = target.WhichOneof("success_criteria")
        array = ArrayTarget(
            self.node(target.node, index, address),
            frozenset(target.bound_inputs),
            target.parallelism,
            target.min_successes if criterion == "min_successes" else None,
            target.min_success_ratio if criterion == "min_success_ratio" else 1.0,
        )
        return array, []


def _task(node: pb.TaskNode) -> TaskTarget:
    return TaskTarget(key(node.reference_id), node.overrides if node.HasField("overrides") else None)


def _workflow(node: pb.WorkflowNode) -> WorkflowTarget:
    return WorkflowTarget(key(workflow_reference(node)))


def _gate(gate: pb.GateNode) -> GateTarget:
    kind = gate.WhichOneof("condition")
    if kind == "sleep":
        return GateTarget("sleep", "", seconds(gate.sleep.duration), None, "")
    if kind == "signal":
        return GateTarget("signal", gate.signal.signal_id, 0.0, gate.signal.type, gate.signal.output_variable_name)
    return GateTarget("approve", gate.approve.signal_id, 0.0, None, "")


def _in_order(nodes: Sequence[pb.Node], rows: NodeTable | None) -> tuple[_Planner, tuple[NodePlan, ...]]:
    """The declared order if every node stands behind what it waits for; else `drawloom.ir.order`'s."""
    planner = _Planner(nodes, rows)
    plans = planner.all() if rows is None else planner.by_rows(rows)
    if rows is not None and None not in rows.inputs:
        return planner, plans
    for plan in plans[: len(nodes)]:
        if plan.waits and plan.waits[-1] >= plan.position:
            planner = _Planner(order(nodes))
            return planner, planner.all()
    return planner, plans


def plan_graph(  # what a graph is made of differs between workflows and dynamic jobs; this is what they share
    name: Key,
    nodes: Sequence[pb.Node],
    outputs: Iterable[pb.Binding],
    *,
    rows: NodeTable | None = None,
    failure: pb.Node | None = None,
    fail_after: bool = False,
    interface: pb.TypedInterface | None = None,
) -> Graph:
    """Plan the nodes of a workflow or of a dynamic job. The message has been verified; `rows`: what that read of it."""
    planner, plans = _in_order(nodes, rows)
    top = len(planner.top)
    bound = tuple((item.var, plan_binding(item.binding, planner.slots)) for item in outputs)
    last = planner.node(failure, len(plans), failure.id) if failure is not None else None
    dependents: list[list[int]] = [[] for _ in plans]
    uses = [0] * len(plans)
    counts = [len(plan.waits) for plan in plans]
    for plan in plans[:top]:
        position = plan.position
        for slot in plan.waits:
            dependents[slot].append(position)
        for slot in plan.reads:
            uses[slot] += 1
    kept = set(last.reads if last else ())
    for _, plan in bound:
        collect_slots(plan, kept)
    for slot in kept - {INPUTS}:
        uses[slot] += 1
    return Graph(name, plans, top, counts, dependents, uses, bound, last, fail_after, interface)
