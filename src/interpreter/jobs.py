"""A job: one task (or one item of an array node) on its way through its attempts.

The coordinating thread makes jobs and decides about them; `perform` runs on a worker. The cache is asked and filled on the
worker, and the run's record is written there too, before the coordinating thread (and so any dependent) sees the outputs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any, Protocol, final

from interpreter.cache import CacheUse
from interpreter.errors import Failure
from interpreter.executor import Attempt, Outcome, Pending, run_attempt
from interpreter.program import Program, TaskPlan
from interpreter.record import Recorder
from interpreter.surroundings import CheckpointPlaces, applied
from ir import Key


class Owner(Protocol):
    """Who started a piece of work and is told how it ended: a frame, an array node, the run."""

    rank: int

    def start(self, slot: int) -> None:
        """Start the piece in this slot; called when its turn has come."""
        ...

    def settle(self, slot: int, outputs: Mapping[str, bytes] | None, failure: Failure | None) -> None:
        """The piece in this slot has ended."""
        ...

    def grow(self, job: Job, expansion: Any) -> None:
        """A dynamic task has become a graph, which runs in its place."""
        ...


@final
class Scope:
    """What names mean at one place of a run: the program, and the live entities that stand for its keys.

    `loaded`: entities that were found by their resolver. `noted`: tasks whose differences to a cluster were said.
    """

    __slots__ = ("entities", "loaded", "noted", "program")

    def __init__(self, program: Program, entities: Mapping[Key, Any], loaded: dict[Key, Any] | None = None) -> None:
        self.program = program
        self.entities = entities
        self.loaded: dict[Key, Any] = {} if loaded is None else loaded
        self.noted: set[Key] = set()


@final
class Job:
    """One task node, one item, one gate's question: what to run, how often, for how long.

    `epoch` numbers the attempts that were started; the result of an older one (it overran its timeout) is dropped.
    """

    __slots__ = (
        "address", "attempt", "cache", "cached", "call", "cancel", "entity", "environment", "epoch", "held", "inputs", "key", "name",
        "owner", "parameters", "places", "retries", "scope", "slot", "state", "stopped", "task", "thread", "timeout", "timer",
    )  # fmt: skip

    def __init__(self, owner: Owner, slot: int, address: str, name: str, inputs: Mapping[str, bytes]) -> None:
        self.owner = owner
        self.slot = slot
        self.address = address
        self.name = name
        self.inputs = inputs
        self.key: Key | None = None
        self.task: TaskPlan | None = None
        self.entity: Any = None
        self.scope: Scope | None = None
        self.call: Callable[[Job], Outcome | Pending] = in_process
        self.attempt = 0
        self.retries = 0
        self.timeout = 0.0
        self.epoch = 0
        self.cache: CacheUse | None = None
        self.cached = False
        self.cancel: Callable[[], None] | None = None
        self.thread: int | None = None
        self.stopped = False
        self.timer: list[Any] | None = None
        self.parameters: Mapping[str, Any] = {}
        self.places: CheckpointPlaces | None = None
        self.state: Mapping[str, Any] | None = None
        self.environment: Mapping[str, str] = {}
        self.held: ExitStack | None = None

    def make_parameters(self) -> dict[str, Any]:
        """What `current_context()` gives in this attempt, beside its defaults."""
        parameters = dict(self.parameters)
        if self.places is not None:
            places = self.places
            parameters.setdefault("checkpoint", lambda: places.checkpoint(self.address))
        return parameters

    def sibling(self, slot: int, address: str, inputs: Mapping[str, bytes]) -> Job:
        """The job of another item of the same node."""
        job = Job(self.owner, slot, address, self.name, inputs)
        for name in (
            "call",
            "entity",
            "environment",
            "key",
            "parameters",
            "retries",
            "scope",
            "state",
            "task",
            "timeout",
        ):
            setattr(job, name, getattr(self, name))
        return job

    def abort(self) -> None:
        """No further attempt; an async one is cancelled. A call of sync code that is under way ends by itself."""
        self.stopped = True
        if self.cancel is not None:
            self.cancel()


def in_process(job: Job) -> Outcome | Pending:
    """Call the live entity."""
    return run_attempt(Attempt(job.entity, job.inputs, job.name, job.make_parameters, job.state))


def perform(job: Job, recorder: Recorder | None) -> Outcome | Pending:
    """One attempt, with the cache in front of it and the record behind it. Runs on a worker, or inline."""
    job.thread = threading.get_ident()
    use = job.cache
    if use is None and not job.environment:
        outcome = job.call(job)
        return outcome if type(outcome) is Pending else conclude(job, outcome, recorder)
    with ExitStack() as held:
        if use is not None:
            if use.serialize:
                held.enter_context(use.lock())
            found = use.look_up()
            if found is not None:
                job.cached = True
                return conclude(job, Outcome(found), recorder)
        if job.environment:
            held.enter_context(applied(job.environment))
        outcome = job.call(job)
        if type(outcome) is Pending:
            job.held = held.pop_all()  # until the coroutine ends
            return outcome
        return conclude(job, outcome, recorder)


def conclude(job: Job, outcome: Outcome, recorder: Recorder | None) -> Outcome:
    """Keep what a finished attempt gave, before anybody sees it."""
    if outcome.outputs is None:
        return outcome
    if job.cache is not None and not job.cached:
        job.cache.store(outcome.outputs)
    if recorder is not None:
        recorder.save(job.address, outcome.outputs, job.attempt, cached=job.cached)
    return outcome
