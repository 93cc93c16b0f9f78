"""A job: one task (or one item of an array node) on its way through its attempts.

The coordinating thread makes jobs and decides about them; `perform` runs on a worker. The cache is asked and filled on the
worker, and the run's record is written there too, before the coordinating thread (and so any dependent) sees the outputs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Protocol, final

from drawloom.interpreter.cache.lookup import CacheLookup
from drawloom.interpreter.failures import Failure
from drawloom.interpreter.program.graph import NodeKind, NodePlan
from drawloom.interpreter.program.program import Program, TaskPlan
from drawloom.interpreter.record.recorder import Recorder
from drawloom.interpreter.tasks.callee import Attempt, Callee
from drawloom.interpreter.tasks.env_vars import EnvVars
from drawloom.interpreter.tasks.outcome import Outcome, Pending, as_outcome
from drawloom.interpreter.tasks.timeouts import TimedWork
from drawloom.ir import Key
from literals import DrawloomError

if TYPE_CHECKING:
    from drawloom.interpreter.tasks.attempt_record import AttemptRecord


class Owner(Protocol):
    """Who started a piece of work and is told how it ended: a frame, an array node, the run."""

    rank: int

    def start(self, slot: int) -> None:
        """Start the piece in this slot; called when its turn has come."""
        ...

    def settle(self, slot: int, outputs: Mapping[str, bytes] | None, failure: Failure | None) -> None:
        """The piece in this slot has ended."""
        ...

    def may_ask(self, slot: int) -> bool:
        """Whether somebody may be asked for the piece in this slot: questions come in declared order."""
        ...

    def grow(self, job: Job, expansion: object) -> None:
        """A dynamic task has become a graph, which runs in its place."""
        ...


@final
class Way:
    """How the nodes of one kind run, found once for all of them.

    Attributes: `name` (for errors), `key` and `task` (None for a gate's question, and for what the program does not hold),
    `scope`, `callee` (None for what runs in a process of its own), `call` (one
    attempt), `retries` (extra attempts), `timeout` (seconds; 0 is any time), `environment`, `cache` (gives how a call with
    these inputs uses the cache; None if it does not), `direct` (an attempt is nothing but the callee's body: no time, no
    environment, no cache, no deck, no graph that it may become), `code` (digest of the task's code; empty where nothing is recorded or
    there is no code to read here), `is_element` (of a map), `stays` (its code calls tasks of environments, so it runs where the run
    is, and what it calls goes to the executor), `resources` (what an attempt asks for: `cpu` in cores, `memory`
    in bytes, `gpu` in devices), `record` (what the records of its attempts in processes of their own have in common).
    """

    __slots__ = (
        "cache",
        "call",
        "callee",
        "code",
        "direct",
        "environment",
        "is_element",
        "key",
        "name",
        "record",
        "resources",
        "retries",
        "scope",
        "stays",
        "task",
        "timeout",
    )  # fmt: skip

    def __init__(self, name: str, key: Key | None = None) -> None:
        self.name = name
        self.key = key
        self.task: TaskPlan | None = None
        self.scope: Scope | None = None
        self.callee: Callee | None = None
        self.call: Callable[[Job], Outcome | Pending] = in_process
        self.retries = 0
        self.timeout = 0.0
        self.environment: Mapping[str, str] = {}
        self.cache: Callable[[Mapping[str, bytes]], CacheLookup | None] | None = None
        self.direct = False
        self.code = ""
        self.is_element = False
        self.stays = False
        self.resources: Mapping[str, float] = {}
        self.record: AttemptRecord | None = None

    def settled(self) -> Way:
        """This way, with nothing more to be changed."""
        plain = not (self.timeout or self.environment or self.cache)
        callee = self.callee if self.call is in_process else None
        self.direct = plain and callee is not None and not (callee.dynamic or callee.decked)
        return self


@final
class Scope:
    """What names mean at one place of a run: the program, and the live entities that stand for its keys.

    `loaded`: entities that were found by their resolver. `noted`: tasks whose differences to a cluster were said.
    `ways`: how the kinds of nodes run that were met here.
    """

    __slots__ = ("entities", "loaded", "noted", "program", "ways")

    def __init__(self, program: Program, entities: Mapping[Key, Any], loaded: dict[Key, Any] | None = None) -> None:
        self.program = program
        self.entities = entities
        self.loaded: dict[Key, Any] = {} if loaded is None else loaded
        self.noted: set[Key] = set()
        self.ways: dict[NodeKind, Way] = {}


@final
class Job:
    """One task node, one item, one gate's question on its way through its attempts.

    `epoch` numbers the attempts that were started; the result of an older one (it overran its timeout) is dropped.
    `started`: when the latest attempt did (seconds since the epoch). `holds`: it takes one of the run's places although no
    worker is busy with it. `timed`: the attempt under way, if it has a thread of its own. `variables`: environment variables that it has set.
    """

    # Most jobs never set these. Class attributes are what an instance has until it does.
    attempt = 0
    epoch = 0
    started = 0.0
    cache: CacheLookup | None = None
    cached = False
    cancel: Callable[[], object] | None = None
    timed: TimedWork | None = None
    stopped = False
    holds = False
    timer: list[Any] | None = None
    held: ExitStack | None = None
    variables: EnvVars | None = None

    def __init__(self, owner: Owner, slot: int, address: str, inputs: Mapping[str, bytes], way: Way) -> None:
        self.owner = owner
        self.slot = slot
        self.address = address
        self.inputs = inputs
        self.way = way
        self.call = way.call

    @property
    def name(self) -> str:
        """The task's name, for errors."""
        return self.way.name

    @property
    def key(self) -> Key | None:
        """The task's key."""
        return self.way.key

    def abort(self) -> None:
        """No further attempt; an async one is cancelled. A call of sync code that is under way ends by itself."""
        self.stopped = True
        if self.cancel is not None:
            self.cancel()


@final
class Row:
    """Where a row of tasks that run in the run's own thread is. `attempted`: the attempt whose call goes on, if one does."""

    __slots__ = ("attempted", "inputs", "node", "started")

    def __init__(self, node: NodePlan) -> None:
        self.node = node
        self.attempted: Attempt | None = None
        self.inputs: Mapping[str, bytes] = {}
        self.started = 0.0


def in_process(job: Job) -> Outcome | Pending:
    """Call the live entity."""
    callee = job.way.callee
    if callee is None:
        raise DrawloomError("this job has nothing to call", where=job.address)
    return as_outcome(callee.call(job.inputs, job.address, job.variables))


def perform(job: Job, recorder: Recorder | None) -> Outcome | Pending:
    """One attempt, with the cache in front of it and the record behind it. Runs on a worker, or inline."""
    use, environment = job.cache, job.way.environment
    if use is None and not environment:
        outcome = job.call(job)
        return outcome if type(outcome) is Pending else conclude(job, outcome, recorder)
    with ExitStack() as held:
        if use is not None:
            held.enter_context(use)
            if use.found is not None:
                job.cached = True
                return conclude(job, Outcome(use.found), recorder)
        if environment:
            # The attempt's own context is shown them, and they end with it, which may be on another thread.
            job.variables = EnvVars(environment)
            held.callback(job.variables.release)
            job.variables.acquire()
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
        recorder.save(job.address, job.name, job.inputs, outcome.outputs, job.attempt, job.way.code, cached=job.cached)
    return outcome
