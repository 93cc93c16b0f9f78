"""A recorded run as spans: one for each node and action, with its times, state, attempts and outputs, below what it is part of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from drawloom.interpreter import RecordedRun
from drawloom.interpreter import State as NodeState
from literals import pb

_ENDS = frozenset(state.value for state in NodeState) - {"QUEUED", "RUNNING", "WAITING", "RETRYING"}
_MAPPED = re.compile(r"map_(\w+?)_[0-9a-f]{32}(-arraynode)?$")
_PARTS = re.compile(r"[/\[.]")


class Span(NamedTuple):
    """One node or action of a run; the run itself has the empty address.

    Times are seconds since the epoch, 0 for what did not come. `parent` is the address of what it is part of, `outputs` the literals
    that the record has.
    """

    address: str
    parent: str
    name: str
    state: str
    started: float
    ended: float
    attempts: int
    detail: str
    outputs: Mapping[str, bytes]


def written_name(entity: str) -> str:
    """The name of an entity as its author wrote it: `map(square)` for the task that a map makes of `square`."""
    return _MAPPED.sub(r"map(\1)", entity)


def spans(recorded: RecordedRun) -> list[Span]:
    """The spans of a run in the order in which they began, the run first."""
    events: dict[str, list[Mapping[str, Any]]] = {"": []}
    outputs: dict[str, Mapping[str, bytes]] = {}
    for frame in recorded.frames:
        if frame["k"] == "ev":
            events.setdefault(frame["a"], []).append(frame)
        elif frame["k"] == "out" and frame.get("v"):
            literals = pb.LiteralMap.FromString(frame["v"]).literals
            outputs[frame["a"]] = {name: each.SerializeToString(deterministic=True) for name, each in literals.items()}
    info = recorded.info
    made = [_span(address, found, events, outputs.get(address, {})) for address, found in events.items() if found]
    root = [each for each in made if not each.address]
    first = root[0] if root else Span("", "", info.entity.name, "", info.started, 0, 0, "", {})
    first = first._replace(state=info.state.value, started=info.started, ended=info.ended, detail=info.detail)
    return [first, *(each for each in made if each.address)]


def _span(
    address: str, found: Sequence[Mapping[str, Any]], events: Mapping[str, object], outputs: Mapping[str, bytes]
) -> Span:
    last = found[-1]
    running = [frame["t"] for frame in found if frame["s"] == "RUNNING"]
    ended = last["t"] if last["s"] in _ENDS else 0.0
    entities = [frame["e"] for frame in found if frame["e"]]
    details = [frame["d"] for frame in found if frame.get("d")]
    started = running[0] if running else found[0]["t"]
    if ended and "x" in last:  # an action says how long it took, and some only that
        started = min(started, ended - last["x"])
    caller = next((frame["p"] for frame in found if frame.get("p")), "")
    return Span(
        address, _parent(address, events, caller), written_name(entities[0]) if entities else "", last["s"], started, ended,
        max(frame["n"] for frame in found), details[-1] if details else "", outputs,
    )  # fmt: skip


def _parent(address: str, known: Mapping[str, object], caller: str) -> str:
    """The nearest thing that an address lies in: `a/n0[1]` is in `a/n0`, that in `a`."""
    for place in reversed([found.start() for found in _PARTS.finditer(address)]):
        if address[:place] in known:
            return address[:place]
    return caller if caller in known else ""


def indented(found: Sequence[Span]) -> Iterator[tuple[int, Span]]:
    """The spans as a tree, each after what it is part of, with its depth."""
    children: dict[str, list[Span]] = {}
    for span in found[1:]:
        children.setdefault(span.parent, []).append(span)
    stack = [(0, found[0])]
    while stack:
        depth, span = stack.pop()
        yield depth, span
        if depth == 0 or span.address:
            stack += [(depth + 1, child) for child in reversed(children.pop(span.address, []))]
