"""How each node of a recorded run stands, read out of its journal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from drawloom.interpreter import State
from drawloom.pictures.graph import Standing

_ENDED = {
    State.SUCCEEDED, State.FAILED, State.SKIPPED, State.TIMED_OUT, State.ABORTED, State.RECOVERED, State.CACHED,
}  # fmt: skip


class RecordedAttempt(NamedTuple):
    """One attempt of a node: from 1, when it began and ended (0.0 if not), how it ended, and its error."""

    number: int
    started: float
    ended: float
    state: str
    detail: str


class NodeHistory(NamedTuple):
    """What happened to one node.

    Attributes: `entity`, `started` (when it first began), `ended` (0.0 if it did not), `state` (the last one), `detail` (its
    error), `attempts`, `caller` and `group` (of actions).
    """

    address: str
    entity: str
    started: float
    ended: float
    state: str
    detail: str
    attempts: tuple[RecordedAttempt, ...]
    caller: str = ""
    group: str = ""


def histories(frames: Iterable[dict[str, Any]]) -> dict[str, NodeHistory]:
    """Every node of a journal by address, in the order in which they began; `""` is the run."""
    found: dict[str, NodeHistory] = {}
    for frame in frames:
        if frame["k"] == "ev":
            address = frame["a"]
            found[address] = _next(found.get(address), frame)
    return found


def _next(known: NodeHistory | None, frame: dict[str, Any]) -> NodeHistory:
    state, time, detail = State(frame["s"]), float(frame["t"]), frame.get("d", "")
    started = known.started if known else time - float(frame.get("x", 0.0))
    attempts = [*known.attempts] if known else []
    number = frame["n"]
    failures = frame.get("f", ())
    if failures and known is None:  # an action's attempts come with its end
        attempts += [
            RecordedAttempt(place + 1, 0.0, 0.0, "FAILED", _failure_text(each)) for place, each in enumerate(failures)
        ]
    if state is State.RUNNING and number:
        attempts.append(RecordedAttempt(number, time, 0.0, state.value, ""))
    elif number and attempts and not attempts[-1].ended and attempts[-1].started:
        attempts[-1] = attempts[-1]._replace(ended=time, state=state.value, detail=detail)
    elif number and state in _ENDED:
        attempts.append(RecordedAttempt(number, started, time, state.value, detail))
    ended = time if state in _ENDED else 0.0
    entity = frame["e"] or (known.entity if known else "")
    caller, group = frame.get("p", ""), frame.get("g", "")
    return NodeHistory(
        frame["a"], entity, started, ended, state.value, detail, tuple(attempts), caller or (known.caller if known else ""),
        group or (known.group if known else ""),
    )  # fmt: skip


def _failure_text(failure: Mapping[str, object]) -> str:
    return str(failure.get("error", failure.get("detail", failure)))


def standings(nodes: dict[str, NodeHistory]) -> dict[str, Standing]:
    """The same, as a picture shows it."""
    return {
        address: Standing(
            node.state, max(0.0, node.ended - node.started) if node.ended else None, len(node.attempts), node.detail
        )
        for address, node in nodes.items()
    }
