"""The shape of a workflow: nodes, outputs, failure node, and what must hold before messages are made of them."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any

from compiler.errors import AuthoringError, FlyteAssertion, NameConflictError
from compiler.graph.bind import Bound, references
from compiler.graph.node import EMBEDDED, Node, waits_for
from compiler.source_location import LazyLocation, SourceLocation, resolved

_ID, _ENTITY = attrgetter("drawloom_id"), attrgetter("entity")


class WorkflowGraph:
    """A compiled workflow: the nodes in the order of their calls, the outputs as (name, bound data)."""

    __slots__ = ("_counted", "_entities", "failure_node", "nodes", "outputs")

    def __init__(self, nodes: list[Node], outputs: list[tuple[str, Bound]], failure_node: Node | None = None) -> None:
        self.nodes = nodes
        self.outputs = outputs
        self.failure_node = failure_node
        self._entities: list[Any] = []
        self._counted = -1

    def entities(self) -> list[Any]:
        """What the nodes stand for, each once: those of earlier nodes first, the failure node's at the end."""
        if self._counted != len(self.nodes):
            # Only `>>` can make a node wait for a later one.
            ordered = upstream_first(self.nodes) if _said(self.nodes) else self.nodes
            made: dict[int, Any] = {id(entity): entity for entity in map(_ENTITY, ordered)}
            if self.failure_node is not None:
                made.setdefault(id(self.failure_node.entity), self.failure_node.entity)
            self._entities = list(made.values())
            self._counted = len(self.nodes)
        return self._entities


def check_graph(
    nodes: Sequence[Node], name: str, outputs: Sequence[tuple[str, Bound]] = (), end: LazyLocation = None
) -> Iterator[AuthoringError]:
    """Mistakes that only the whole shows: two nodes with one id, a cycle, a node of another workflow.

    `end`: finds the location where the outputs are returned, when it is asked.
    """
    members = set(nodes)
    if len(set(map(_ID, nodes))) != len(nodes):
        yield from _same_ids(nodes, name)
    every = set[Node]().union(*map(waits_for, nodes))
    embedded = any(entity.resource_type == EMBEDDED for entity in set(map(_ENTITY, nodes)))
    for node in nodes if embedded or not every <= members else ():
        for upstream in waits_for(node):
            if upstream not in members:
                yield _foreign(
                    f"the input of `{node.entity.name}`", upstream, f"{name}, node {node.id}", node.source_location
                )
        # What a node embeds (the arms of a conditional) binds to the nodes of this workflow too.
        inner = getattr(node.entity, "inner_nodes", None) if node.entity.resource_type == EMBEDDED else None
        if inner is not None:
            yield from _foreign_in_arms(inner(), members, f"{name}, node {node.id}")
    yield from _foreign_outputs(outputs, members, name, end)
    if _forward(nodes) and (cycle := _cycle(nodes, members)):
        yield FlyteAssertion(
            f"these nodes wait for each other: {' -> '.join(node.id for node in cycle)}",
            where=name,
            expected="nodes that can be put in an order",
            got=" -> ".join(f"{node.id} ({node.entity.name})" for node in cycle),
            fix="remove one of the `>>`",
            location=cycle[0].source_location,
        )


def _same_ids(nodes: Sequence[Node], name: str) -> Iterator[AuthoringError]:
    seen: dict[str, Node] = {}
    for node in nodes:
        if (first := seen.setdefault(node.id, node)) is not node:
            yield NameConflictError(
                f"two nodes have the id `{node.id}`",
                where=name,
                expected="a name of its own for each node",
                got=f"{first.entity.name} and {node.entity.name}",
                fix="give one of them another node_name",
                location=node.source_location,
            )


def _said(nodes: Sequence[Node]) -> bool:
    """Whether an order was said with `>>`."""
    return any(node.upstream for node in [node for node in nodes if node.drawloom_extras is not None])


def _forward(nodes: Sequence[Node]) -> bool:
    """Whether a node waits for itself or a later one: only then can there be a cycle, and only `>>` can say so."""
    if not _said(nodes):
        return False
    order = {node: i for i, node in enumerate(nodes)}
    return any(order.get(up, -1) >= i for i, node in enumerate(nodes) for up in waits_for(node))


def _foreign_in_arms(arms: Iterable[Node], members: Container[Node], where: str) -> Iterator[AuthoringError]:
    for arm in arms:
        for upstream in waits_for(arm):
            if upstream not in members:
                yield _foreign(f"the input of `{arm.entity.name}`", upstream, where, arm.source_location)


def _foreign_outputs(
    outputs: Sequence[tuple[str, Bound]], members: Container[Node], name: str, end: LazyLocation
) -> Iterator[AuthoringError]:
    for var, data in outputs:
        for promise in references(data) if not isinstance(data, bytes) else ():
            node = promise.drawloom_node
            if node.entity is not None and node not in members:
                yield _foreign(f"the output `{var}`", node, name, resolved(end))


def _foreign(what: str, node: Node, where: str, location: SourceLocation | None) -> FlyteAssertion:
    return FlyteAssertion(
        f"{what} is an output of `{node.entity.name}`, which is not part of this workflow: it was called in another one, "
        "or in an arm of a conditional, where it may not have run",
        where=where,
        expected="outputs of this workflow's own nodes",
        got=f"{node!r}",
        fix="pass it into this workflow as an input, or let the conditional give it",
        location=location,
    )


def _cycle(nodes: Sequence[Node], members: set[Node]) -> list[Node] | None:
    """Nodes that wait for each other, the first one repeated at the end."""
    done: set[Node] = set()
    for start in nodes:
        trail: list[tuple[Node, Iterator[Node]]] = [(start, iter(waits_for(start)))]
        on_trail = {start}
        while trail and start not in done:
            node, waiting = trail[-1]
            upstream = next(waiting, None)
            if upstream is None:
                trail.pop()
                on_trail.discard(node)
                done.add(node)
            elif upstream in on_trail:
                path = [n for n, _ in trail]
                return [*path[path.index(upstream) :], upstream][::-1]
            elif upstream in members and upstream not in done:
                trail.append((upstream, iter(waits_for(upstream))))
                on_trail.add(upstream)
    return None


def upstream_first(nodes: Sequence[Node]) -> Iterator[Node]:
    """The nodes, each after those that it waits for; otherwise in the order of their calls."""
    entered: set[Node] = set()
    for start in nodes:
        stack = [] if start in entered else [(start, iter(waits_for(start)))]
        entered.add(start)
        while stack:
            node, waiting = stack[-1]
            upstream = next((n for n in waiting if n not in entered), None)
            if upstream is None:
                stack.pop()
                yield node
            else:
                entered.add(upstream)
                stack.append((upstream, iter(waits_for(upstream))))
