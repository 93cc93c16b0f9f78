"""A graph: the nodes of one workflow or of one dynamic job, planned.

Frozen, and without a word about how it is made (`drawloom.interpreter.program.planning`). Positions: the workflow's own nodes first, in an
order in which they can run (the declared one where that is possible), then the nodes inside branch arms, which only their
branch can start. Unset fields mean what Flyte's control plane takes them to mean: a node's `retries` or `timeout` of zero
leaves the task's, a `min_success_ratio` that is not set means all items, a parallelism that is not set means no limit of
the node's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, final

from drawloom.interpreter.program.bindings import Plan, Reference, Values, resolve
from drawloom.ir import Key
from literals import pb

NO_ARM = -1
_NANO = 1e9


def seconds(duration: pb.Duration) -> float:
    """A protobuf Duration in seconds; an unset one is 0."""
    return duration.seconds + duration.nanos / _NANO


@final
class TaskTarget(NamedTuple):
    """A task node: which task, and what this node overrides."""

    key: Key
    overrides: pb.TaskNodeOverrides | None = None


@final
class WorkflowTarget(NamedTuple):
    """A sub-workflow or launch plan node, told apart by the key's kind."""

    key: Key


@final
class BranchTarget(NamedTuple):
    """A branch node: conditions with the positions of their arms; then the default arm, or the error; else neither."""

    cases: tuple[tuple[pb.BooleanExpression, int], ...]
    default: int
    error: pb.Error | None


@final
class GateTarget(NamedTuple):
    """A gate: `sleep`, `approve` or `signal`. `output` names what a signal gives."""

    kind: str
    signal: str
    seconds: float
    type: pb.LiteralType | None
    output: str


@final
class ArrayTarget(NamedTuple):
    """An array node: the node of one item, and how many items must succeed (a count, or a ratio if the count is None)."""

    node: NodePlan
    bound: frozenset[str]
    parallelism: int
    min_successes: int | None
    min_ratio: float


Target = TaskTarget | WorkflowTarget | BranchTarget | GateTarget | ArrayTarget
"""Every kind of node, as it is planned. Who goes on by it ends with `assert_never`, so that a type checker names who lacks a kind."""


@final
class NodeKind:
    """What nodes have in common that run the same thing in the same way: most nodes of a big workflow are of few kinds.

    Attributes:
        name: the display name; empty where that is the node's id.
        target: what it runs.
        retries: extra attempts; 0 leaves the task's.
        timeout: seconds; 0 leaves the task's.
        interruptible, cacheable, cache_version, cache_serializable: None where the node does not say.
    """

    __slots__ = (
        "cache_serializable", "cache_version", "cacheable", "interruptible", "name", "retries", "target", "timeout",
    )  # fmt: skip

    def __init__(self, meta: pb.NodeMetadata, target: Target) -> None:
        self.name = meta.name
        self.target = target
        self.retries = meta.retries.retries
        self.timeout = seconds(meta.timeout)
        self.interruptible = meta.interruptible if meta.WhichOneof("interruptible_value") else None
        self.cacheable = meta.cacheable if meta.WhichOneof("cacheable_value") else None
        self.cache_version = meta.cache_version if meta.WhichOneof("cache_version_value") else None
        self.cache_serializable = meta.cache_serializable if meta.WhichOneof("cache_serializable_value") else None


Edge = tuple[str, int, str]
"""An input that is a whole output: its name, the position of the node that gives it (-1: the graph's inputs), the output."""


class NodePlan(NamedTuple):
    """One node of a graph.

    Attributes:
        position: where it stands in the graph.
        id: the node's id; `address` is the id below the graph's own address (branch arms: `n1.case0/n0`).
        kind: what it shares with other nodes.
        edges: the inputs, where every one is a whole output of a node or an input of the graph; else None.
        inputs: the bindings by variable, where `edges` is None.
        waits: positions of the nodes that must end first.
        reads: positions whose outputs it reads, those of its arms included.
        arm_of: position of the branch whose arm it is; `NO_ARM` for others.
    """

    position: int
    id: str
    address: str
    kind: NodeKind
    edges: tuple[Edge, ...] | None
    inputs: tuple[tuple[str, Plan], ...]
    waits: tuple[int, ...]
    reads: tuple[int, ...]
    arm_of: int = NO_ARM

    @property
    def name(self) -> str:
        """The display name."""
        return self.kind.name or self.id

    @property
    def target(self) -> Target:
        """What it runs."""
        return self.kind.target

    @property
    def retries(self) -> int:
        """Extra attempts; 0 leaves the task's."""
        return self.kind.retries

    @property
    def timeout(self) -> float:
        """Seconds; 0 leaves the task's."""
        return self.kind.timeout

    def bound(self, values: Values) -> dict[str, bytes]:
        """The literals of the inputs. Raises what `resolve` raises."""
        edges, where = self.edges, self.address
        if edges is None:
            return {variable: resolve(plan, values, where) for variable, plan in self.inputs}
        found: dict[str, bytes] = {}
        for name, at, output in edges:
            outputs = values[at]
            literal = outputs.get(output) if outputs is not None else None
            found[name] = literal if literal is not None else resolve(Reference(at, output), values, where)
        return found


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
    """

    key: Key
    nodes: tuple[NodePlan, ...]
    top: int
    counts: Sequence[int]
    dependents: Sequence[Sequence[int]]
    uses: Sequence[int]
    outputs: tuple[tuple[str, Plan], ...]
    failure: NodePlan | None
    fail_after: bool
    interface: pb.TypedInterface | None
