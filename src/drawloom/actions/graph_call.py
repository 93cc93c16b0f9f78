"""A workflow or a task that an action calls: its graph is recorded below the name of the call, in the run's own record."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Generator, Mapping
from typing import Any

from drawloom.actions.digests import joined
from drawloom.context import current
from drawloom.interpreter import NodePart, Permits, Seat, State


def graph_options(action: Any, entity: str, inputs: Mapping[str, bytes]) -> dict[str, Any]:
    """Options of the graph's run. The name of the call follows from the caller, the entity and the inputs, as an action's does.

    The graph itself is never taken from the record, its nodes are, each if its own code and inputs are the same. In a run with a
    limit its nodes run one at a time, with the one permit of `in_turn`.
    """
    run = action.run
    name = action.child(entity, joined(inputs), current().group).name
    recorder = run.log.recorder
    if recorder is not None:
        frame = {
            "k": "ev",
            "a": name,
            "s": State.QUEUED.value,
            "e": entity,
            "n": 0,
            "t": time.time(),
            "p": action.id.name,
        }
        recorder.ended(frame, None, b"", "")
    options: dict[str, Any] = {"within": NodePart(recorder, name)}
    if run.settings.disable_run_cache:
        options["cache"] = None
    if run.settings.overwrite_cache:
        options["overwrite_cache"] = True
    if action.seat is not None:
        options["max_parallelism"] = 1
    return options


@contextlib.contextmanager
def in_turn(seat: Seat, *, holds_loop: bool) -> Generator[Seat]:
    """Around the run of a graph that the attempt of `seat` calls: with a permit of its own, as any call has; gives its seat.

    `holds_loop`: the caller's event loop waits for this call, and with it whoever has a permit there; then the graph, and all that
    is below it, runs in its caller's place.
    """
    if holds_loop:
        with Seat(Permits(1), seat.depth + 1).running() as below:
            yield below
        return
    with seat.calling(), Seat(seat.permits, seat.depth + 1).running() as below:
        yield below
