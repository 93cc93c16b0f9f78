"""Frames: a graph while it runs.

A frame holds the outputs that are still needed, and counts. A node starts when its counter is zero; when it ends, the
counters of those behind it go down, and values that nobody will read again are dropped. A failure at position k under
FAIL_IMMEDIATELY sets the limit to k: nothing behind k starts any more, what stands before k still runs, and the failure at
the lowest position is the frame's. That is the failure a sequential run would have stopped at, whatever the timing.
Under FAIL_AFTER_EXECUTABLE_NODES_COMPLETE everything that does not depend on a failed node runs, and all failures are listed.
The failure node runs once, when all else has ended, and the frame fails with the first failure afterwards.
"""

from __future__ import annotations

import time
from collections import ChainMap
from collections.abc import Mapping
from typing import Any, Protocol, cast, final

from drawloom.interpreter.errors import BranchFailedError
from drawloom.interpreter.events import State
from drawloom.interpreter.failures import ABORTED, ErrorKind, Failure, Step
from drawloom.interpreter.nodes.arrays import ArrayRun
from drawloom.interpreter.nodes.condition import holds
from drawloom.interpreter.nodes.failure_handler import error_inputs
from drawloom.interpreter.nodes.gate_order import gate_positions
from drawloom.interpreter.nodes.gates import GateRun
from drawloom.interpreter.nodes.task_targets import called_way, plan_inputs, target_graph, way_of
from drawloom.interpreter.program.bindings import resolve
from drawloom.interpreter.program.dynamic_job import DynamicJob
from drawloom.interpreter.program.graph import (
    NO_ARM,
    ArrayTarget,
    BranchTarget,
    GateTarget,
    Graph,
    NodePlan,
    TaskTarget,
    WorkflowTarget,
)
from drawloom.interpreter.program.planning import plan_graph
from drawloom.interpreter.scheduling.scheduler import Scheduler
from drawloom.interpreter.tasks.callee import Attempt, failure_of
from drawloom.interpreter.tasks.job import Job, Owner, Row, Scope
from drawloom.interpreter.tasks.not_simulated import note_inner_graph
from drawloom.interpreter.tasks.outcome import Outcome, Pending
from drawloom.ir import Key, check
from literals import DrawloomError, assert_never, attempt


class Running(Protocol):
    """What runs in a slot and can be told to stop."""

    def abort(self) -> None:
        """Start nothing more."""
        ...


@final
class Frame:
    """One graph while it runs. `prefix` is put before the addresses of its nodes."""

    __slots__ = (
        "_active", "_children", "_counts", "_failures", "_gates", "_graph", "_limit", "_owner", "_passed", "_prefix", "_scheduler", "_scope",
        "_slot", "_uses", "_values", "rank",
    )  # fmt: skip

    def __init__(
        self,
        scheduler: Scheduler,
        graph: Graph,
        scope: Scope,
        *,
        inputs: Mapping[str, bytes],
        owner: Owner,
        slot: int = 0,
        prefix: str = "",
    ) -> None:
        self._scheduler = scheduler
        self._graph = graph
        self._scope = scope
        self._owner = owner
        self._slot = slot
        self._prefix = prefix
        self.rank = scheduler.rank()
        self._values: list[Mapping[str, bytes] | None] = [*([None] * len(graph.nodes)), inputs]
        self._counts = list(graph.counts)
        self._uses = list(graph.uses)
        self._children: dict[int, Running] = {}
        self._failures: dict[int, Failure] = {}
        self._limit = graph.top
        self._active = 0
        self._gates: tuple[int, ...] | None = None  # positions, found when a gate first asks
        self._passed: set[int] = set()

    def begin(self) -> None:
        """Start the nodes that wait for nothing."""
        for index in range(self._graph.top):
            if not self._counts[index]:
                self._push(index)
        if not self._active:
            self._end()

    def abort(self) -> None:
        """Start nothing more; what runs ends by itself."""
        self._limit = -1
        for child in list(self._children.values()):
            child.abort()

    # -- a node starts

    def _push(self, slot: int) -> None:
        self._active += 1
        self._scheduler.push(self, slot)

    def start(self, slot: int) -> None:
        """Run the node in this slot; its turn has come."""
        if slot == len(self._graph.nodes):
            self._handle_failure()
            return
        node = self._graph.nodes[slot]
        if self._top(node).position > self._limit:
            self._scheduler.note(self._address(node), State.ABORTED, node.name)
            self._scheduler.post(self, slot, None, ABORTED)
            return
        if self._scheduler.alone() and type(node.kind.target) is TaskTarget:
            self._run_here(node)
            return
        try:
            self._run(node)
        except DrawloomError as error:
            self._refused(node, error)

    def _refused(self, node: NodePlan, error: DrawloomError) -> None:
        """A node cannot start."""
        if error.where.startswith(node.address):
            error.where = f"{self._graph.key.name}, node {error.where}"
        self._fail(node, error)

    def _top(self, node: NodePlan) -> NodePlan:
        while node.arm_of != NO_ARM:
            node = self._graph.nodes[node.arm_of]
        return node

    def _address(self, node: NodePlan) -> str:
        return self._prefix + node.address

    def _place(self, node: NodePlan) -> str:
        return self._scope.program.source_line(self._graph.key, node.id)

    def _fail(self, node: NodePlan, error: DrawloomError) -> None:
        self._scheduler.note(self._address(node), State.FAILED, node.name, detail=str(error))
        self._scheduler.post(self, node.position, None, Failure(error, ErrorKind.SYSTEM))

    def _run(self, node: NodePlan, extra: Mapping[str, bytes] | None = None) -> None:
        values = self._values
        inputs = node.bound(values)
        if extra:
            inputs.update(extra)
        target = node.target
        if type(target) is TaskTarget:
            way = way_of(node, self._scope, self._scheduler)
            job = Job(self, node.position, self._address(node), inputs, way)
            if way.cache is not None:
                job.cache = way.cache(inputs)
            self._children[node.position] = job
            self._submit(job)
        elif type(target) is WorkflowTarget:
            self._run_graph(node, target, inputs)
        elif type(target) is BranchTarget:
            self._run_branch(node, target, inputs, node.address)
        elif type(target) is GateTarget:
            gate = GateRun(self._scheduler, self, node, inputs=inputs, address=self._address(node))
            self._children[node.position] = gate
            gate.begin(lambda: self.may_ask(node.position))
        elif type(target) is ArrayTarget:
            array = ArrayRun(
                self._scheduler, self, node, inputs=inputs, scope=self._scope, address=self._address(node),
                position=(self._graph.key.name, self._place(node)),
            )  # fmt: skip
            self._children[node.position] = array
            array.begin(Frame)
        else:
            assert_never(target)

    def _run_here(self, node: NodePlan) -> None:
        """Run a task in this thread, now, and the tasks that become the only ones to go on with by it.

        Nothing else can go on meanwhile, and nobody is told of the start. What a task raises ends the row of tasks: it
        becomes a job whose first attempt failed, and goes the usual way.
        """
        row = Row(node)
        try:
            done = attempt(self._run_row, row)
        except KeyboardInterrupt:
            if row.attempted is not None:
                self._scheduler.began(self._job(row))
            raise
        if done.error is None:
            return
        attempted = row.attempted
        if attempted is not None:
            self._took(row, Outcome(failure=failure_of(done.error, attempted)))
        elif isinstance(done.error, DrawloomError):
            self._refused(row.node, done.error)
        else:
            raise done.error  # a fault of drawloom

    def _run_row(self, row: Row) -> None:
        """Run the row's task, and go on from task to task.

        Where nothing but the call is asked for (`Way.direct`) there is no job, and nothing is handed over. Another task, and
        a call that gives a coroutine, go the usual way. Raises what the call or `_run` raises; `row` says where.
        """
        scheduler, values, prefix = self._scheduler, self._values, self._prefix
        recorder, clock, runs = scheduler.recorder, time.time, scheduler.nodes
        node: NodePlan | None = row.node
        way = way_of(node, self._scope, scheduler)
        kind = node.kind
        while node is not None:
            row.node = node
            if node.kind is not kind:
                kind = node.kind
                way = way_of(node, self._scope, scheduler)
            callee, address = way.callee, prefix + node.address
            if callee is None or not way.direct or (recorder is not None and recorder.knows(address)):
                self._run(node)
                return
            row.inputs = inputs = node.bound(values)
            row.started = started = clock()
            row.attempted = attempted = Attempt(callee, address)
            given = callee.context.copy().run(callee.body, inputs, attempted)
            if type(given) is not dict:
                self._took(row, cast("Pending", given))
                return
            row.attempted = None
            ended = clock()
            if recorder is not None:
                recorder.finished(address, way.name, inputs, given, started, ended, way.code)
            runs[address] = (way.name, way.key, started, ended)
            node = self._next(node, given)

    def _job(self, row: Row) -> Job:
        node = row.node
        job = Job(self, node.position, self._address(node), row.inputs, way_of(node, self._scope, self._scheduler))
        job.started = row.started
        return job

    def _took(self, row: Row, given: Outcome | Pending) -> None:
        row.attempted = None
        job = self._children[row.node.position] = self._job(row)
        self._scheduler.took(job, given)

    def _next(self, node: NodePlan, outputs: dict[str, bytes]) -> NodePlan | None:
        """Go on after a task that ran here; gives the task that is the only one to go on with, to be run here too."""
        if node.arm_of != NO_ARM:
            self.settle(node.position, outputs, None)
            return None
        # Mostly one node waits for this one, and for no other: `_pass_on`, without a list of what is ready.
        position, uses, dependents = node.position, self._uses, self._graph.dependents[node.position]
        if len(dependents) == 1 and self._counts[dependents[0]] == 1 and dependents[0] <= self._limit:
            self._counts[dependents[0]] = 0
            if uses[position]:
                self._values[position] = outputs
            for index in node.reads:
                left = uses[index] = uses[index] - 1
                if not left:
                    self._values[index] = None
            ready = dependents
        else:
            ready = self._pass_on(node, outputs)
        if len(ready) == 1 and self._scheduler.idle():
            following = self._graph.nodes[ready[0]]
            if type(following.kind.target) is TaskTarget:
                return following
        self._active -= 1
        for slot in ready:
            self._push(slot)
        if not self._active:
            self._end()
        return None

    def _submit(self, job: Job) -> None:
        recorder = self._scheduler.recorder
        spec = None
        if recorder is not None and recorder.knows(job.address):
            spec = recorder.recall_spec(job.address, job.name, job.inputs, job.way.code)
        if spec is None:
            self._scheduler.submit(job)
        else:
            self._grow(job, DynamicJob.unpack(spec))

    def _run_graph(self, node: NodePlan, target: WorkflowTarget, inputs: Mapping[str, bytes]) -> None:
        address, scope, scheduler, key = self._address(node), self._scope, self._scheduler, target.key
        bound = plan_inputs(key, inputs, scope.program)
        graph = target_graph(key, scope.program, scope.entities)
        if graph is None:
            job = Job(self, node.position, address, bound, called_way(key, scope, scheduler))
            self._children[node.position] = job
            scheduler.submit(job)
            return
        note_inner_graph(node, target, scope.program)
        scheduler.note(address, State.RUNNING, node.name, key)
        frame = Frame(scheduler, graph, scope, inputs=bound, owner=self, slot=node.position, prefix=f"{address}/")
        self._children[node.position] = frame
        frame.begin()

    def _run_branch(self, node: NodePlan, target: BranchTarget, inputs: Mapping[str, bytes], where: str) -> None:
        address = self._address(node)
        self._scheduler.note(address, State.RUNNING, node.name)
        chosen = target.default
        for expression, arm in target.cases:
            if holds(expression, inputs, where):
                chosen = arm
                break
        for arm in (*(arm for _, arm in target.cases), target.default):
            if arm not in {chosen, NO_ARM}:
                self._skip(self._graph.nodes[arm])
        if chosen != NO_ARM:
            self._push(chosen)
            return
        message = (
            target.error.message if target.error is not None else "no case of this branch held, and it has no default"
        )
        # A fail() of the user's reads as the user wrote it.
        self._fail(node, BranchFailedError(message, where="" if target.error is not None else where))

    def _skip(self, node: NodePlan) -> None:
        self._scheduler.note(self._address(node), State.SKIPPED, node.name)
        if type(node.target) is BranchTarget:
            for arm in (*(arm for _, arm in node.target.cases), node.target.default):
                if arm != NO_ARM:
                    self._skip(self._graph.nodes[arm])

    def may_ask(self, slot: int) -> bool:
        """Whether it is the turn of a question from this slot."""
        if self._gates is None:
            self._gates = gate_positions(self._graph, self._scope.program)
        top = self._top(self._graph.nodes[slot]).position
        mine = bool(self._failures) or all(gate >= top or gate in self._passed for gate in self._gates)
        return mine and self._owner.may_ask(self._slot)

    # -- a node ends

    def settle(self, slot: int, outputs: Mapping[str, bytes] | None, failure: Failure | None) -> None:
        """The node in this slot has ended."""
        self._active -= 1
        child = self._children.pop(slot, None)
        if slot == len(self._graph.nodes):
            self._failure_handled(failure)
            return
        node = self._graph.nodes[slot]
        if failure is ABORTED and isinstance(child, Job) and not child.attempt:
            self._scheduler.note(self._address(node), State.ABORTED, node.name)
        elif failure is not None and failure is not ABORTED:
            failure = self._step(node, child, failure)
        if isinstance(child, Frame):
            state = State.SUCCEEDED if failure is None else State.FAILED
            self._scheduler.note(self._address(node), state, node.name, detail=failure.message() if failure else "")
        if node.arm_of != NO_ARM:
            branch = self._graph.nodes[node.arm_of]
            state = State.SUCCEEDED if failure is None else State.FAILED
            self._scheduler.note(self._address(branch), state, branch.name)
            self.settle(node.arm_of, outputs, failure)
            return
        if failure is not None:
            self._failed(slot, failure)
        else:
            self._succeeded(node, outputs or {})
        if not self._active:
            self._end()

    def _step(self, node: NodePlan, child: Running | None, failure: Failure) -> Failure:
        if isinstance(child, ArrayRun) or (failure.trail and child is None):
            return failure  # the step of this level is there already
        failure.node = failure.node or node.id
        if isinstance(child, Job):
            step = Step(self._graph.key.name, self._address(node), self._place(node), child.name, child.attempt)
        else:
            step = Step(self._graph.key.name, self._address(node), self._place(node))
        outer = failure.under(step)
        outer.node = node.id
        return outer

    def _failed(self, slot: int, failure: Failure) -> None:
        if failure is not ABORTED:
            self._failures[slot] = failure
        if self._graph.fail_after or slot >= self._limit:
            return
        self._limit = slot
        for index, child in list(self._children.items()):
            if self._top(self._graph.nodes[index]).position > slot:
                child.abort()

    def _succeeded(self, node: NodePlan, outputs: Mapping[str, bytes]) -> None:
        if type(node.kind.target) is not TaskTarget:
            self._passed.add(node.position)
        for slot in self._pass_on(node, outputs):
            self._push(slot)

    def _pass_on(self, node: NodePlan, outputs: Mapping[str, bytes]) -> list[int]:
        """Keep what will be read, drop what nobody will read again; gives the nodes that wait for nothing any more."""
        position, counts, uses = node.position, self._counts, self._uses
        if uses[position]:
            self._values[position] = outputs
        ready: list[int] = []
        for index in self._graph.dependents[position]:
            left = counts[index] = counts[index] - 1
            if not left and index <= self._limit:
                ready.append(index)
        for index in node.reads:
            left = uses[index] = uses[index] - 1
            if not left:
                self._values[index] = None
        return ready

    # -- the graph ends

    def _end(self) -> None:
        if self._failures or self._limit < 0:
            self._note_unreached()
            if self._graph.failure is not None and self._failures:
                self._active += 1
                self._scheduler.push(self, len(self._graph.nodes))
                return
            self._owner.settle(self._slot, None, self._failure())
            return
        where = f"{self._graph.key.name}, its outputs"
        try:
            outputs = {variable: resolve(plan, self._values, where) for variable, plan in self._graph.outputs}
        except DrawloomError as error:
            self._owner.settle(self._slot, None, Failure(error, ErrorKind.SYSTEM))
            return
        self._owner.settle(self._slot, outputs, None)

    def _note_unreached(self) -> None:
        """Nodes that a failure kept from starting are in the result too, as skipped."""
        for node in self._graph.nodes[: self._graph.top]:
            address = self._address(node)
            if address not in self._scheduler.nodes:
                self._scheduler.note(address, State.SKIPPED, node.name, detail="a node before it failed")

    def _failure(self) -> Failure:
        if not self._failures:
            return ABORTED
        ordered = [self._failures[slot] for slot in sorted(self._failures)]
        # Under FAIL_IMMEDIATELY which other nodes had failed by then is a matter of timing, so they are not listed.
        return ordered[0].beside(tuple(ordered[1:])) if self._graph.fail_after else ordered[0]

    def _handle_failure(self) -> None:
        node = cast("NodePlan", self._graph.failure)
        failure = self._failure()
        self._limit = self._graph.top
        try:
            known = self._values[-1] or {}
            self._run(node, error_inputs(node, self._interface(node), known, failure))
        except DrawloomError as error:
            self._fail(node, error)

    def _interface(self, node: NodePlan) -> Any:
        target = node.target
        if type(target) is TaskTarget:
            task = self._scope.program.task(target.key)
            return task.template.interface if task is not None else None
        graph = target_graph(target.key, self._scope.program) if type(target) is WorkflowTarget else None
        return graph.interface if graph is not None else None

    def _failure_handled(self, failure: Failure | None) -> None:
        first = self._failure()
        if failure is not None and failure is not ABORTED:
            node = cast("NodePlan", self._graph.failure)
            step = Step(self._graph.key.name, self._address(node), self._place(node))
            first = first.beside((failure.under(step),))
        self._owner.settle(self._slot, None, first)

    # -- a dynamic task has become a graph

    def grow(self, job: Job, expansion: object) -> None:
        """Run the graph that a dynamic task's body made, in the task's place."""
        made = DynamicJob.of(expansion)
        recorder = self._scheduler.recorder
        if recorder is not None:
            recorder.spec(job.address, job.name, job.inputs, made.pack(), job.way.code)
        try:
            self._grow(job, made)
        except DrawloomError as error:
            self._scheduler.note(job.address, State.FAILED, job.name, job.key, attempt=job.attempt, detail=str(error))
            self._scheduler.post(self, job.slot, None, Failure(error, ErrorKind.SYSTEM))

    def _grow(self, job: Job, made: DynamicJob) -> None:
        rows = check(made.spec)
        scope = cast("Scope", job.way.scope)
        graph = plan_graph(cast("Key", job.key), made.spec.nodes, made.spec.outputs, rows=rows.get(None))
        inner = Scope(
            made.program(scope.program, rows), ChainMap(dict(made.entities), dict(scope.entities)), scope.loaded
        )
        frame = Frame(self._scheduler, graph, inner, inputs={}, owner=self, slot=job.slot, prefix=f"{job.address}/")
        self._children[job.slot] = frame
        frame.begin()
