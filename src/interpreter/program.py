"""A program: the messages of a bundle behind a frozen index, from which runs are started.

Nothing here runs anything, and nothing changes after it is built: a graph is planned when it is first asked for, and two
threads that plan it at once make equal plans. Node positions: the workflow's own nodes first, in an order in which they
can run (the declared one where that is possible), then the nodes inside branch arms, which only their branch can start.
Unset fields mean what Flyte's control plane takes them to mean: a node's `retries` or `timeout` of zero leaves the
task's, a `min_success_ratio` that is not set means all items, a parallelism that is not set means no limit of the node's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, final

from interpreter.errors import EntityNotFoundError, LoadError, ReferenceNotRegisteredError
from interpreter.resolve import INPUTS, Plan, collect_slots, plan_binding
from ir import Key, key, order
from literals import pb, preview

NO_ARM = -1
_FAIL_AFTER = 1
_NANO = 1e9
_SDK = ("_F_", "_U_", "FLYTE_INTERNAL_")  # environment variables that are between SDK and container
_SHOWN = 12  # names in an error, so that it fits a screen


class TaskTarget(NamedTuple):
    """A task node: which task, and what this node overrides."""

    key: Key
    overrides: pb.TaskNodeOverrides | None = None


class WorkflowTarget(NamedTuple):
    """A sub-workflow or launch plan node, told apart by the key's kind."""

    key: Key


class BranchTarget(NamedTuple):
    """A branch node: conditions with the positions of their arms; then the default arm, or the error; else neither."""

    cases: tuple[tuple[pb.BooleanExpression, int], ...]
    default: int
    error: pb.Error | None


class GateTarget(NamedTuple):
    """A gate: `sleep`, `approve` or `signal`. `output` names what a signal gives."""

    kind: str
    signal: str
    seconds: float
    type: pb.LiteralType | None
    output: str


class ArrayTarget(NamedTuple):
    """An array node: the node of one item, and how many items must succeed (a count, or a ratio if the count is None)."""

    node: NodePlan
    bound: frozenset[str]
    parallelism: int
    min_successes: int | None
    min_ratio: float


Target = TaskTarget | WorkflowTarget | BranchTarget | GateTarget | ArrayTarget


class NodePlan(NamedTuple):
    """One node of a graph.

    Attributes:
        position: where it stands in the graph.
        id: the node's id; `address` is the id below the graph's own address (branch arms: `n1.case0/n0`).
        inputs: bindings by variable.
        waits: positions of the nodes that must end first.
        reads: positions whose outputs it reads, those of its arms included.
        retries: extra attempts; 0 leaves the task's.
        timeout: seconds; 0 leaves the task's.
        interruptible, cacheable, cache_version, cache_serializable: None where the node does not say.
        arm_of: position of the branch whose arm it is; `NO_ARM` for others.
    """

    position: int
    id: str
    address: str
    name: str
    inputs: tuple[tuple[str, Plan], ...]
    target: Target
    waits: tuple[int, ...]
    reads: tuple[int, ...]
    retries: int = 0
    timeout: float = 0.0
    interruptible: bool | None = None
    cacheable: bool | None = None
    cache_version: str | None = None
    cache_serializable: bool | None = None
    arm_of: int = NO_ARM


class TaskPlan(NamedTuple):
    """One task: its template, and what a run asks it most."""

    key: Key
    template: pb.TaskTemplate
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    retries: int
    timeout: float
    loader: tuple[str, tuple[str, ...]] | None
    environment: Mapping[str, str]


@final
@dataclass(frozen=True, slots=True)
class Graph:
    """The nodes of one workflow (or of one dynamic job), planned.

    Attributes:
        key: the workflow, or the dynamic task.
        nodes: all nodes, arms last; `top` says how many are not in arms.
        counts: how many nodes each waits for.
        dependents: who waits for each.
        uses: how many nodes (and the graph's own outputs, as one) read each node's outputs.
        outputs: the graph's outputs.
        failure: the failure node, which waits for nothing.
        fail_after: go on with what does not depend on the failed node.
        interface: inputs and outputs with types.
        gates: positions of the gates that ask somebody, arms left out.
    """

    key: Key
    nodes: tuple[NodePlan, ...]
    top: int
    counts: tuple[int, ...]
    dependents: tuple[tuple[int, ...], ...]
    uses: tuple[int, ...]
    outputs: tuple[tuple[str, Plan], ...]
    failure: NodePlan | None
    fail_after: bool
    interface: pb.TypedInterface | None
    gates: tuple[int, ...] = ()


def seconds(duration: Any) -> float:
    """A protobuf Duration in seconds; an unset one is 0."""
    return duration.seconds + duration.nanos / _NANO


class _Planner:
    """Plans the nodes of one graph; branch arms are appended behind the nodes that are not in arms."""

    def __init__(self, nodes: tuple[pb.Node, ...]) -> None:
        self.top = nodes
        self.slots = {node.id: index for index, node in enumerate(nodes)}
        self.slots[""] = INPUTS
        self.planned: list[NodePlan | None] = [None] * len(nodes)

    def all(self) -> tuple[NodePlan, ...]:
        for index, node in enumerate(self.top):
            self.planned[index] = self.node(node, index, node.id)
        return tuple(plan for plan in self.planned if plan is not None)

    def node(self, node: pb.Node, index: int, address: str, arm_of: int = NO_ARM) -> NodePlan:
        inputs = tuple((item.var, plan_binding(item.binding, self.slots)) for item in node.inputs)
        target, arms = self.target(node, index, address)
        reads: set[int] = set()
        for _, plan in inputs:
            collect_slots(plan, reads)
        waits = {self.slots[name] for name in node.upstream_node_ids if name in self.slots}
        for arm in arms:
            reads.update(arm.reads)
            waits.update(arm.waits)
        reads -= {INPUTS, index}
        waits |= reads
        waits -= {INPUTS, index}
        meta = node.metadata
        return NodePlan(
            index,
            node.id,
            address,
            meta.name or node.id,
            inputs,
            target,
            tuple(sorted(waits)),
            tuple(sorted(reads)),
            meta.retries.retries,
            seconds(meta.timeout),
            meta.interruptible if meta.WhichOneof("interruptible_value") else None,
            meta.cacheable if meta.WhichOneof("cacheable_value") else None,
            meta.cache_version if meta.WhichOneof("cache_version_value") else None,
            meta.cache_serializable if meta.WhichOneof("cache_serializable_value") else None,
            arm_of,
        )

    def target(self, node: pb.Node, index: int, address: str) -> tuple[Target, list[NodePlan]]:
        kind = node.WhichOneof("target")
        if kind == "task_node":
            overrides = node.task_node.overrides if node.task_node.HasField("overrides") else None
            return TaskTarget(key(node.task_node.reference_id), overrides), []
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
    if all(not plan.waits or plan.waits[-1] < plan.position for plan in plans[: len(declared)]):
        return planner, plans
    planner = _Planner(order(declared))
    return planner, planner.all()


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
    for plan in plans[:top]:
        for slot in plan.waits:
            dependents[slot].append(plan.position)
        for slot in plan.reads:
            uses[slot] += 1
    kept = set(last.reads if last else ())
    for _, plan in bound:
        collect_slots(plan, kept)
    for slot in kept - {INPUTS}:
        uses[slot] += 1
    return Graph(
        name,
        plans,
        top,
        tuple(len(plan.waits) for plan in plans),
        tuple(tuple(each) for each in dependents),
        tuple(uses),
        bound,
        last,
        fail_after,
        interface,
        tuple(plan.position for plan in plans[:top] if type(plan.target) is GateTarget and plan.target.kind != "sleep"),
    )


def _loader(template: pb.TaskTemplate) -> tuple[str, tuple[str, ...]] | None:
    """Resolver and loader arguments out of a container's arguments: `--resolver R -- a b c`."""
    args = list(template.container.args)
    if "--resolver" not in args:
        return None
    # The last one counts: a fast-registration command wraps the task's own command.
    at = len(args) - 1 - args[::-1].index("--resolver")
    if at + 2 >= len(args) or args[at + 2] != "--":
        return None
    return args[at + 1], tuple(args[at + 3 :])


def plan_task(template: pb.TaskTemplate) -> TaskPlan:
    """The index of one task."""
    meta = template.metadata
    return TaskPlan(
        key(template.id),
        template,
        tuple(template.interface.inputs.variables),
        tuple(template.interface.outputs.variables),
        meta.retries.retries,
        seconds(meta.timeout),
        _loader(template),
        {pair.key: pair.value for pair in template.container.env if not pair.key.startswith(_SDK)},
    )


@final
@dataclass(eq=False)
class Program:
    """Everything that can be run from one file, one folder or one message.

    Attributes:
        workflows, tasks, plans: the messages by key.
        mains: the entities that were asked for when it was compiled, in that order.
        source: `file:line` of a node, or of an entity under the node id `""`.
        bundle: the bytes that it was loaded from, for a run's record.
    """

    workflows: Mapping[Key, pb.WorkflowTemplate] = field(default_factory=dict)
    tasks: Mapping[Key, pb.TaskTemplate] = field(default_factory=dict)
    plans: Mapping[Key, pb.LaunchPlan] = field(default_factory=dict)
    mains: tuple[Key, ...] = ()
    source: Mapping[tuple[Key, str], str] = field(default_factory=dict)
    bundle: bytes = field(default=b"", repr=False)
    parent: Program | None = field(default=None, repr=False)
    _graphs: dict[Key, Graph] = field(default_factory=dict, repr=False)
    _tasks: dict[Key, TaskPlan] = field(default_factory=dict, repr=False)

    def graph(self, name: Key) -> Graph | None:
        """The planned graph of a workflow; None if the program does not hold it."""
        found = self._graphs.get(name)
        if found is None:
            template = self.workflows.get(name)
            if template is None:
                return self.parent.graph(name) if self.parent else None
            found = plan_graph(
                name,
                template.nodes,
                template.outputs,
                failure=template.failure_node if template.HasField("failure_node") else None,
                fail_after=template.metadata.on_failure == _FAIL_AFTER,
                interface=template.interface,
            )
            self._graphs[name] = found
        return found

    def task(self, name: Key) -> TaskPlan | None:
        """The planned task; None if the program does not hold it."""
        found = self._tasks.get(name)
        if found is None:
            template = self.tasks.get(name)
            if template is None:
                return self.parent.task(name) if self.parent else None
            found = self._tasks[name] = plan_task(template)
        return found

    def plan(self, name: Key) -> pb.LaunchPlan | None:
        """A launch plan; None if the program does not hold it."""
        return self.plans.get(name) or (self.parent.plan(name) if self.parent else None)

    def place(self, owner: Key, node_id: str = "") -> str:
        """`file:line` where a node or an entity was written; empty if unknown."""
        return self.source.get((owner, node_id)) or (self.parent.place(owner, node_id) if self.parent else "")

    def keys(self) -> tuple[Key, ...]:
        """All that can be run: workflows, launch plans, tasks."""
        return (*self.workflows, *self.plans, *self.tasks)

    def find(self, name: str | Key | None = None) -> Key:
        """The key for a name: the full one, or its last part where only one entity ends so.

        Without a name: the only entity that was asked for, or the only workflow. A workflow comes before its launch plan
        of the same name. Raises `EntityNotFoundError`.
        """
        known = self.keys()
        if isinstance(name, Key):
            if name in known:
                return name
            name = name.name
        if not known:
            raise ReferenceNotRegisteredError(
                f"{name or 'the entity'!r} is a reference to what is not in this program",
                fix="run it where it is registered, or give an entity that stands for it",
            )
        if name is None:
            mains = self.mains or tuple(self.workflows) or tuple(self.tasks)
            if len(mains) == 1:
                return mains[0]
            raise self._unknown("which entity to run is not said", "", mains)
        exact = [each for each in known if each.name == name]
        if exact:
            return exact[0]
        short = [each for each in known if each.name.rpartition(".")[2] == name]
        if len({each.name for each in short}) == 1:
            return short[0]
        problem = f"{len(short)} entities are called {name!r}" if short else f"there is no entity {name!r}"
        raise self._unknown(problem, name, tuple(short) or known)

    @staticmethod
    def _unknown(what: str, got: str, known: tuple[Key, ...]) -> EntityNotFoundError:
        names = sorted({each.name for each in known})
        return EntityNotFoundError(
            what,
            expected=f"one of {', '.join(names[:_SHOWN])}{', …' if len(names) > _SHOWN else ''}"
            if names
            else "a program with entities",
            got=preview(got) if got else "",
            fix="give the entity's full name",
        )
