"""Nodes checked by columns: what is the same for many nodes is judged once, and the rest is a look-up for each.

`check_columns` calls a node fine only where every rule of `node_rules.check_node` holds, for tasks and workflows whose inputs are
constants, or whole outputs of nodes declared before. Anything that it does not know, or that is wrong, is left to the
rules themselves, which find the words.

Fast path of `drawloom.ir.node_rules.check_node`, which reads every field of every message. Law: `tests/drawloom/ir/test_fast_check.py`.
"""

from __future__ import annotations

from collections.abc import Container
from typing import NamedTuple, final

from drawloom.ir.assignment import mismatch
from drawloom.ir.binding_rules import check_binding
from drawloom.ir.entity_index import PLAN, TASK, WORKFLOW, EntityIndex, Types
from drawloom.ir.keys import Key
from drawloom.ir.node_columns import CONSTANT, INPUTS, Edge, NodeColumns
from drawloom.ir.node_visitor import workflow_reference
from drawloom.ir.problems import Diagnostics
from drawloom.ir.walking import promises
from literals import pb


class NodeTable(NamedTuple):
    """The nodes of a workflow that was checked, field by field, in declared order.

    `inputs` (of each: the input, the position of the node that gives it or `INPUTS` for the workflow, its output; or
    `CONSTANT` and the bytes of the Binding) is None for a node that is more than a task or a workflow on constants and
    whole outputs of earlier nodes: its message says the rest. `waits` (None where `inputs` is) has the positions of all
    nodes that it waits for, sorted. `metadata`, `tasks`, `workflows`: the bytes of these fields, `b""` where it has none.
    """

    ids: list[str]
    inputs: list[tuple[Edge, ...] | None]
    waits: list[tuple[int, ...] | None]
    metadata: list[bytes]
    tasks: list[bytes]
    workflows: list[bytes]


@final
class CachedSignature:
    """What nodes take and give (None: unknown, and not judged). What was found about it is kept."""

    __slots__ = ("flows", "gives", "required", "size", "takes")

    def __init__(self, takes: Types | None, gives: Types | None, required: frozenset[str] = frozenset()) -> None:
        self.takes = takes
        self.gives = gives
        self.required = required
        self.size = -1 if takes is None else len(takes)
        self.flows: dict[tuple[CachedSignature, str | bytes, str], bool] = {}

    def flow(self, source: CachedSignature, output: str | bytes, name: str) -> bool:
        """Whether this input takes that output, or the constant in these bytes."""
        down = None if self.takes is None else self.takes.get(name)
        fits = self.takes is None or down is not None
        if isinstance(output, bytes):
            fits = fits and _is_constant(pb.Binding.FromString(output).binding, down)
        else:
            up = None if source.gives is None else source.gives.get(output)
            fits = fits and (source.gives is None or up is not None)
            fits = fits and mismatch(up, down) is None
        self.flows[source, output, name] = fits
        return fits

    def whole(self, edges: tuple[Edge, ...]) -> bool:
        """Whether these inputs, each of which it takes, are all that have to be bound, and each is bound once."""
        names = {name for name, _, _ in edges}
        return len(names) == len(edges) and self.required <= names


NOWHERE = CachedSignature(None, None)
"""What gives constants."""


def _is_constant(data: pb.BindingData, kind: pb.LiteralType | None) -> bool:
    if next(promises(data), None) is not None:
        return False
    diagnostics = Diagnostics()
    check_binding(data, kind, {}, diagnostics)
    return not diagnostics.found


class FastCheck:
    """What is known of the nodes of one message. `rows`: those of its workflows by key; a dynamic job's own under None.

    `sound`: workflows whose nodes and outputs are known to keep the rules.
    """

    def __init__(self, index: EntityIndex, sound: Container[Key] = ()) -> None:
        self.index = index
        self.sound = sound
        self.rows: dict[Key | None, NodeTable] = {}
        self._tasks: dict[bytes, CachedSignature | None] = {b"": None}
        self._workflows: dict[bytes, CachedSignature | None] = {b"": None}

    def targets(self, read: NodeColumns) -> list[CachedSignature | None]:
        """The target of each node; None where it is neither a task nor a workflow, or one that breaks a rule."""
        for data in set(read.tasks).difference(self._tasks):
            self._tasks[data] = self._target(pb.TaskNode.FromString(data).reference_id, TASK)
        found = [*map(self._tasks.__getitem__, read.tasks)]
        if any(read.workflows):
            for data in set(read.workflows).difference(self._workflows):
                node = pb.WorkflowNode.FromString(data)
                kind = PLAN if node.HasField("launchplan_ref") else WORKFLOW
                self._workflows[data] = self._target(workflow_reference(node), kind)
            others = map(self._workflows.__getitem__, read.workflows)
            found = [task or other for task, other in zip(found, others, strict=True)]
        return found

    def _target(self, reference: pb.Identifier, kind: int) -> CachedSignature | None:
        if not reference.name or reference.resource_type != kind:
            return None
        known = self.index.entity(reference)
        if known is None:
            return None if kind == WORKFLOW else CachedSignature(None, None)
        takes = {name: of for name, of in known.inputs.items() if name not in known.fixed}
        return CachedSignature(takes, known.outputs, frozenset(takes.keys() - known.optional))


def check_columns(
    read: NodeColumns, targets: list[CachedSignature | None], sources: list[CachedSignature]
) -> tuple[NodeTable, list[int]]:
    """The rows, and the positions of the nodes that the rules themselves must look at.

    `sources`: what the node at each position gives; then, at -2 and -1, `NOWHERE` and what the workflow's inputs give.
    """
    late = {data for data in set(read.metadata) if data and not _in_time(pb.NodeMetadata.FromString(data))}
    inputs: list[tuple[Edge, ...] | None] = [*read.edges]
    waits: list[tuple[int, ...] | None] = [*read.waits]
    others: list[int] = []
    for position, (target, edges, ups, metadata) in enumerate(
        zip(targets, read.edges, read.waits, read.metadata, strict=True)
    ):
        if target is not None and _fits(target, edges, sources, position) and metadata not in late:
            if len(edges) == 1 and (ups == (edges[0][1],) if ups else edges[0][1] < 0):
                continue  # the commonest node: it waits for what it reads, and for nothing else
            wait = sorted({*ups, *[at for _, at, _ in edges]} - {INPUTS, CONSTANT})
            if not wait or wait[-1] < position:
                waits[position] = tuple(wait)
                continue
        others.append(position)
        inputs[position] = waits[position] = None
    return NodeTable(read.ids, inputs, waits, read.metadata, read.tasks, read.workflows), others


def _fits(target: CachedSignature, edges: tuple[Edge, ...], sources: list[CachedSignature], position: int) -> bool:
    """Whether every input may be bound as it is, and all are bound."""
    flows = target.flows
    for name, at, output in edges:
        if at >= position:
            return False
        fits = flows.get((sources[at], output, name))
        if not (target.flow(sources[at], output, name) if fits is None else fits):
            return False
    # One input cannot be another one, nor bound twice.
    return len(edges) == target.size < 2 or target.whole(edges)  # noqa: PLR2004 - just said


def _in_time(metadata: pb.NodeMetadata) -> bool:
    timeout = metadata.timeout
    return timeout.seconds >= 0 and timeout.nanos >= 0
