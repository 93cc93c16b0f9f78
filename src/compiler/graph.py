"""The shape of a workflow: nodes, outputs, failure node, and what must hold before messages are made of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compiler.bind import Bound
from compiler.errors import AuthoringError, FlyteAssertion, NameConflictError
from compiler.node import Node


class Graph:
    """A compiled workflow: the nodes in the order of their calls, the outputs as (name, bound data)."""

    __slots__ = ("failure_node", "nodes", "outputs")

    def __init__(self, nodes: list[Node], outputs: list[tuple[str, Bound]], failure_node: Node | None = None) -> None:
        self.nodes = nodes
        self.outputs = outputs
        self.failure_node = failure_node


def check_graph(nodes: Sequence[Node], name: str) -> Iterator[AuthoringError]:
    """Mistakes that only the whole shows: two nodes with one id, a cycle, a node of another workflow."""
    seen: dict[str, Node] = {}
    for node in nodes:
        if (first := seen.setdefault(node.id, node)) is not node:
            yield NameConflictError(
                f"two nodes have the id `{node.id}`",
                where=name,
                got=f"{first.entity.name} and {node.entity.name}",
                fix="give one of them another node_name",
                place=node.place,
            )
    forward = False
    order = {node: i for i, node in enumerate(nodes)}
    own = order.keys()
    for node in nodes:
        for upstream in node.seal():
            if upstream not in own:
                yield FlyteAssertion(
                    f"the input of `{node.entity.name}` is an output of `{upstream.entity.name}`, which was called in "
                    "another workflow",
                    where=f"{name}, node {node.id}",
                    fix="pass it into this workflow as an input",
                    place=node.place,
                )
            elif order[upstream] >= order[node]:
                forward = True
    if forward and (cycle := _cycle(nodes, set(own))):
        yield FlyteAssertion(
            f"these nodes wait for each other: {' -> '.join(node.id for node in cycle)}",
            where=name,
            fix="remove one of the `>>`",
            place=cycle[0].place,
        )


def _cycle(nodes: Sequence[Node], own: set[Node]) -> list[Node] | None:
    """Nodes that wait for each other, the first one repeated at the end."""
    done: set[Node] = set()
    for start in nodes:
        trail: list[tuple[Node, Iterator[Node]]] = [(start, iter(start.upstream_nodes))]
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
            elif upstream in own and upstream not in done:
                trail.append((upstream, iter(upstream.upstream_nodes)))
                on_trail.add(upstream)
    return None


def upstream_first(nodes: Sequence[Node]) -> Iterator[Node]:
    """The nodes, each after those that it waits for; otherwise in the order of their calls."""
    entered: set[Node] = set()
    for start in nodes:
        stack = [] if start in entered else [(start, iter(start.upstream_nodes))]
        entered.add(start)
        while stack:
            node, waits_for = stack[-1]
            upstream = next((n for n in waits_for if n not in entered), None)
            if upstream is None:
                stack.pop()
                yield node
            else:
                entered.add(upstream)
                stack.append((upstream, iter(upstream.upstream_nodes)))
