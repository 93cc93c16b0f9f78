"""Nodes in an order in which they can run (Kahn's algorithm), or the cycle that forbids one."""

from __future__ import annotations

from collections.abc import Iterable

from drawloom.ir.walking import upstream
from literals import DrawloomError, pb


class CycleError(DrawloomError, ValueError):
    """Nodes that wait for each other; `cycle` has their ids in order, the first one again at the end."""

    def __init__(self, cycle: tuple[str, ...]) -> None:
        super().__init__(
            "these nodes wait for each other, so none of them can start",
            where=" -> ".join(cycle),
            fix="remove one of the bindings or `>>` dependencies between them",
        )
        self.cycle = cycle


def order(nodes: Iterable[pb.Node]) -> tuple[pb.Node, ...]:
    """The nodes, each behind all that it waits for; among those that are free, in declared order.

    Ids that no node has are left to `verify`. Raises `CycleError` for a cycle, a node that waits for itself included.
    """
    by_id = {node.id: node for node in nodes}
    waits = {name: [up for up in upstream(node) if up in by_id] for name, node in by_id.items()}
    missing = {name: len(ups) for name, ups in waits.items()}
    followers: dict[str, list[str]] = {name: [] for name in by_id}
    for name, ups in waits.items():
        for up in ups:
            followers[up].append(name)
    ready = [name for name, count in missing.items() if not count]
    for name in ready:  # grows while it is read: the queue and the result are one list
        for follower in followers[name]:
            missing[follower] -= 1
            if not missing[follower]:
                ready.append(follower)
    if len(ready) != len(by_id):
        raise CycleError(_cycle(waits, {name for name, count in missing.items() if count}))
    return tuple(by_id[name] for name in ready)


def _cycle(waits: dict[str, list[str]], blocked: set[str]) -> tuple[str, ...]:
    """One cycle among the blocked: each blocked node waits for another blocked one, so following them must repeat."""
    name = min(blocked)
    seen: dict[str, int] = {}
    trail: list[str] = []
    while name not in seen:
        seen[name] = len(trail)
        trail.append(name)
        name = next(up for up in waits[name] if up in blocked)
    loop = trail[seen[name] :][::-1]
    return (*loop, loop[0])
