"""The engine of one run: a heap of ready work, counters elsewhere, one thread that decides.

Rules. Only the run's own thread touches frames, the heap and the result. Work that is ready is taken newest graph first,
then by position, so one worker runs in declared order. A single ready task runs right here, without a thread (and without a
job, see `Frame`, where nothing but the call is asked for); two or more go to workers. Nothing here knows node kinds: an `Owner` starts a slot and is told how it ended, and never settles inside
`start` (it posts), so no recursion grows with the graph. A task with a timeout gets a thread of its own: when it overruns,
its result is dropped, the thread is interrupted at its next Python instruction, and the run goes on at once.
"""

from __future__ import annotations

import contextvars
import heapq
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, cast, final

from drawloom.context import DECKS
from drawloom.interpreter.errors import (
    SYSTEM_RETRIES,
    ActionAbortedError,
    TaskInterruptedError,
    TaskTimeoutError,
    stalled,
)
from drawloom.interpreter.events import Event, State
from drawloom.interpreter.executors.protocol import AttemptExecutor
from drawloom.interpreter.executors.records import RecordMaker
from drawloom.interpreter.failures import ABORTED, ErrorKind, Failure
from drawloom.interpreter.options import RunOptions
from drawloom.interpreter.record.recorder import Recorder
from drawloom.interpreter.result import NodeRun, Passed
from drawloom.interpreter.scheduling.async_runner import AsyncRunner, on_async_thread, shared_async_runner
from drawloom.interpreter.scheduling.attempt_calls import AttemptCalls
from drawloom.interpreter.tasks.callee import Callee
from drawloom.interpreter.tasks.checkpoints import CheckpointFolders
from drawloom.interpreter.tasks.job import Job, Owner, conclude, perform
from drawloom.interpreter.tasks.outcome import Outcome, Pending
from drawloom.interpreter.tasks.threads import Workers
from drawloom.interpreter.tasks.timeouts import TimedWork, overran
from drawloom.ir import Key
from literals import attempt, foreign_text

Ended = dict[str, bytes] | Outcome
"""What an attempt came to; outputs alone are a success."""
Timer = list[Any]
"""When (monotonic seconds), a number that breaks ties, and what to call; None there means cancelled."""
_AHEAD = 16
"""How many times its width a run hands out, where nothing is told of each start."""
_BACKSTOP = 2.0
"""Seconds beyond its time after which an attempt on a worker elsewhere is given up."""


@final
class Scheduler:
    """One run's engine.

    Attributes: `nodes` (what happened, by address), `options`, `recorder`, `asking` (a gate's
    question is being asked), `width` (most tasks at once), `executor` (what makes attempts elsewhere; None where none does).
    """

    def __init__(
        self, options: RunOptions, recorder: Recorder | None, width: int, executor: AttemptExecutor | None = None,
        *, is_limited: bool = False,
    ) -> None:  # fmt: skip
        """`executor`: what the executor in the options stands for, open. `is_limited`: somebody chose the width."""
        self.options = options
        self.recorder = recorder
        self.nodes: dict[str, NodeRun | Passed] = {}
        self.done = False
        self.asking = False
        self.width = width
        self.context = contextvars.copy_context()
        self.quiet = recorder is None and not options.observers
        # With nobody to tell when each task starts, more is handed out than can run: who is free goes on by itself.
        self.ahead = width * _AHEAD if self.quiet and options.executor is None and width > 1 else width
        self._ready: list[tuple[int, int, int, Owner]] = []
        self._jobs: deque[Job] = deque()
        self._posted: deque[tuple[Owner, int, Mapping[str, bytes] | None, Failure | None]] = deque()
        self._finished: SimpleQueue[tuple[Job, int, Ended | BaseException]] = SimpleQueue()
        self._timers: list[Timer] = []
        self._inflight = 0
        self._sequence = 0
        self._workers = Workers(width)
        self._async: AsyncRunner | None = None
        self._async_lock = threading.Lock()
        # Blocking code inside an async task started this run: that loop cannot serve it too.
        self._own_loop = on_async_thread()
        self._checkpoints = CheckpointFolders(options.run_dir)
        self._calls: AttemptCalls | None = None
        self._records: RecordMaker | None = None
        self.executor = executor
        if executor is not None:
            self._calls = AttemptCalls(executor, recorder, self.records(), most=width if is_limited else 0)
            self.ahead = self._calls.ahead

    # -- what owners call

    def rank(self) -> int:
        """The rank of a new graph: newer ones come first."""
        self._sequence += 1
        return -self._sequence

    def push(self, owner: Owner, slot: int) -> None:
        """This slot may start."""
        self._sequence += 1
        heapq.heappush(self._ready, (owner.rank, slot, self._sequence, owner))

    def post(
        self, owner: Owner, slot: int, outputs: Mapping[str, bytes] | None, failure: Failure | None = None
    ) -> None:
        """This slot has ended without a job."""
        self._posted.append((owner, slot, outputs, failure))

    def submit(self, job: Job) -> None:
        """Run this job when a worker is free; at once from the record, if an earlier run finished it."""
        recorder, recorded = self.recorder, None
        if recorder is not None and recorder.knows(job.address):
            recorded = recorder.recall(job.address, job.name, job.inputs, job.way.code)
        if recorded is not None:
            self.note(job.address, State.RECOVERED, job.name, job.key)
            self.post(job.owner, job.slot, recorded)
            return
        self._jobs.append(job)

    def callee(self, entity: object, name: str) -> Callee:
        """An entity, ready to be called in this run."""
        return Callee(
            entity,
            name,
            parameters=self._parameters,
            state=self.options.state,
            context=self.context,
            recorder=self.recorder,
            offload_from=self.options.offload_from,
            executor=self.executor,
        )

    def decks(self) -> Path | None:
        """Where pages of decks go; None where nothing is recorded."""
        return self.recorder.folder / DECKS if self.recorder is not None else None

    def records(self) -> RecordMaker:
        """What makes the records of attempts elsewhere: on an executor, or in processes of their own."""
        if self._records is None:
            folder = self.recorder.folder.name if self.recorder is not None else ""
            self._records = RecordMaker(
                self.options, self.context, self._checkpoints, folder=folder, executor=self.executor
            )
        return self._records

    def _parameters(self, address: str) -> dict[str, Any]:
        """What `current_context()` gives at a node, beside its defaults."""
        return {"checkpoint": lambda: self._checkpoints.checkpoint(address), **self.options.parameters}

    def alone(self) -> bool:
        """Whether a node that starts now is all that can go on, or the next in order where one worker does it all."""
        if self._inflight or self._jobs or self._posted or self._timers or self.options.observers:
            return False
        return (not self._ready or self.width == 1) and self.options.executor is None

    def idle(self) -> bool:
        """Whether nothing else is ready, now that a node has ended that was alone."""
        return not self._ready

    def took(self, job: Job, given: Outcome | Pending) -> None:
        """The first attempt of this job, made by its owner, was not just outputs: a failure, or a coroutine."""
        job.attempt = job.epoch = 1
        self.began(job)
        if type(given) is Pending:
            self._pending(job, given)
        else:
            self._conclude(job, given)

    def began(self, job: Job) -> None:
        """Record the start of an attempt that was made without a word; with its end, or since it has none."""
        if self.recorder is not None:
            self.recorder.event(Event(job.address, State.RUNNING, job.name, job.key, 1, job.started))

    def submit_quietly(self, job: Job) -> None:
        """Run a job that is not a node: neither recorded nor noted, and always on a worker."""
        self._inflight += 1
        self._workers.submit(lambda: self._finished.put((job, 0, cast("Outcome", job.call(job)))))

    def after(self, delay: float, callback: Callable[[], None]) -> Timer:
        """Call back after this many seconds, unless cancelled (`timer[2] = None`)."""
        self._sequence += 1
        timer: Timer = [time.monotonic() + delay, self._sequence, callback]
        heapq.heappush(self._timers, timer)
        return timer

    def note(
        self, address: str, state: State, name: str, entity: Key | None = None, *, attempt: int = 0, detail: str = "",
        started: float = 0.0,
    ) -> None:  # fmt: skip
        """Remember what happened to a node, and tell the observers. `started`: when its attempt did, if not just now."""
        now = time.time()
        detail = foreign_text(detail) if detail else ""  # an error of ours may quote somebody else's text
        run = self.nodes.get(address)
        if run is None or isinstance(run, tuple):
            run = self.nodes[address] = NodeRun(address, state, name, entity)
        run.state = state
        run.detail = detail
        if started and attempt == 1:
            run.started = started
        if attempt:
            run.attempts = attempt
        if state is State.RUNNING or state is State.WAITING:
            run.started = run.started or now
        elif state is not State.RETRYING:
            run.started = run.started or now
            run.ended = now
        if self.options.observers or self.recorder is not None:
            event = Event(address, state, name, entity, attempt, now, detail)
            for observer in self.options.observers:
                observer(event)
            if self.recorder is not None:
                self.recorder.event(event)

    def announce(self, state: State, entity: Key, detail: str = "") -> None:
        """Tell the observers about the run itself; its address is empty, unless it is a part of another run."""
        event = Event(
            self.options.within.address if self.options.within is not None else "",
            state,
            entity.name,
            entity,
            0,
            time.time(),
            foreign_text(detail) if detail else "",
        )
        for observer in self.options.observers:
            observer(event)
        if self.recorder is not None:
            self.recorder.event(event)

    # -- the loop

    def drive(self) -> None:
        """Run until the root owner sets `done`."""
        try:
            while not self.done:
                self._turn()
        finally:
            self._workers.close()
            self._checkpoints.close()
            for job in self._jobs:
                job.stopped = True
            if self._async is not None and self._own_loop:
                self._async.stop()

    def _turn(self) -> None:
        if self._timers and self._due():
            return
        if self._posted:
            owner, slot, outputs, failure = self._posted.popleft()
            owner.settle(slot, outputs, failure)
        elif self._ready and len(self._jobs) < self.ahead:
            self._start()
        elif self._jobs and self._jobs[0].stopped:
            self._drop(self._jobs.popleft())
        elif self._jobs and self._alone():
            self._inline(self._jobs.popleft())
        elif self._jobs and self._inflight < self._most():
            self._dispatch(self._jobs.popleft())
        else:
            self._wait()

    def _start(self) -> None:
        """Start what is ready, until something has ended meanwhile or enough jobs wait."""
        ready, jobs, posted, ahead = self._ready, self._jobs, self._posted, self.ahead
        while ready and not posted and len(jobs) < ahead:
            _, slot, _, owner = heapq.heappop(ready)
            owner.start(slot)

    def _most(self) -> int:
        """How many jobs may be under way with the next one; a timed one has its time from when it is handed out."""
        holds_time = self._calls is not None and self._calls.holds_time
        return self.width if self._jobs[0].way.timeout and not holds_time else self.ahead

    def _drop(self, job: Job) -> None:
        """A failure before this job made it, or a further attempt of it, needless."""
        if job.attempt:
            self.note(job.address, State.ABORTED, job.name, job.key, attempt=job.attempt)
        else:
            self.nodes.pop(job.address, None)
        job.owner.settle(job.slot, None, ABORTED)

    def _alone(self) -> bool:
        if self._inflight or self._timers or self.options.executor is not None or self._jobs[0].way.timeout:
            return False
        return len(self._jobs) == 1 or self.width == 1

    def _inline(self, job: Job) -> None:
        self._begin(job)
        job.started = time.time()
        outcome = perform(job, self.recorder)
        if type(outcome) is Pending:
            self._pending(job, outcome)
        else:
            self._conclude(job, outcome)

    def _pending(self, job: Job, pending: Pending) -> None:
        """A coroutine takes the place of a thread until it ends."""
        self._inflight += 1
        self._workers.hold()
        job.holds = True
        self._await(job, job.epoch, pending)

    def _begin(self, job: Job) -> None:
        job.attempt += 1
        job.epoch += 1
        self.note(job.address, State.RUNNING, job.name, job.key, attempt=job.attempt)

    def _dispatch(self, job: Job) -> None:
        self._begin(job)
        self._inflight += 1
        timeout = job.way.timeout
        epoch = job.epoch
        calls = self._calls if self._calls is not None and self._calls.takes(job) else None
        if timeout and not (calls is not None and calls.holds_time):
            # A worker elsewhere holds the limit by itself, and is given up where it cannot.
            job.timer = self.after(timeout + (_BACKSTOP if calls else 0.0), lambda: self._overran(job, epoch))
        if calls is not None and job.cache is not None:
            job.call = calls.call  # the cache's look-up and lock stand around the call, on a thread
        if calls is not None and job.cache is None:
            self._hand_over(job, epoch, calls)
        elif timeout:
            self._workers.hold()
            job.holds = True
            job.timed = TimedWork(partial(self._work, job, epoch))
            threading.Thread(target=job.timed, name="drawloom-timed", daemon=True).start()
        else:
            self._workers.submit(partial(self._work, job, epoch))

    def _work(self, job: Job, epoch: int) -> None:
        """One attempt, on a worker."""
        if job.stopped:  # it was handed out, and then a failure made it needless
            self._finished.put((job, epoch, Outcome(failure=ABORTED)))
            return
        job.started = time.time()
        way = job.way
        try:
            if way.direct and way.callee is not None and self.recorder is None:
                given = way.callee.call(job.inputs, job.address)
            else:
                done = attempt(perform, job, self.recorder)
                given = done.value if done.value is not None else done.error
        except KeyboardInterrupt as error:  # raised by the user's function; the run's thread raises it again
            given = error
        if type(given) is Pending:
            if not job.holds:
                self._workers.hold()
                job.holds = True
            self._await(job, epoch, given)
        else:  # an exception here is a fault of drawloom: the run's thread raises it
            self._finished.put((job, epoch, cast("Ended | BaseException", given)))

    def _await(self, job: Job, epoch: int, pending: Pending) -> None:
        with self._async_lock:
            if self._async is None:
                self._async = AsyncRunner() if self._own_loop else shared_async_runner()
            runner = self._async

        def done(task: Any) -> None:
            try:
                self._finished.put((job, epoch, self._result_of(job, task)))
            finally:
                if job.held is not None:
                    job.held.close()
                    job.held = None

        job.cancel = runner.start(pending, done)

    def _result_of(self, job: Job, task: Any) -> Outcome | BaseException:
        if task.cancelled():
            return Outcome(failure=Failure(ActionAbortedError("the task was cancelled", where=job.name)))
        error = task.exception()
        return conclude(job, task.result(), self.recorder) if error is None else error

    def _hand_over(self, job: Job, epoch: int, calls: AttemptCalls) -> None:
        """One attempt, on a worker of the executor."""
        calls.start(job, lambda given: self._finished.put((job, epoch, given)))

    def _overran(self, job: Job, epoch: int) -> None:
        if job.epoch != epoch or self.done:
            return  # it ended in time
        job.epoch += 1
        self._left(job)
        if job.cancel is not None:
            job.cancel()
        if job.timed is not None:
            job.timed.interrupt()
        error = overran(f"{job.name} (attempt {job.attempt})", job.way.timeout)
        self._conclude(job, Outcome(failure=Failure(error, recoverable=True)))

    def _due(self) -> bool:
        """Call back the next timer if its time has come; drop the cancelled ones."""
        while self._timers and self._timers[0][2] is None:
            heapq.heappop(self._timers)
        if self._timers and self._timers[0][0] <= time.monotonic():
            heapq.heappop(self._timers)[2]()
            return True
        return False

    def _wait(self) -> None:
        """Block for the next result or timer."""
        if self._calls is not None and (delay := self._calls.flush()):
            self.after(delay, lambda: None)  # and then what is at hand is looked at again
        timeout = max(0.0, self._timers[0][0] - time.monotonic()) if self._timers else None
        if timeout is None and not self._inflight:
            raise stalled(len(self.nodes))
        try:
            self._accept(*self._finished.get(timeout=timeout))
            while not self._timers and not self._posted and not self.done:
                self._accept(*self._finished.get_nowait())
        except Empty:
            return

    def _accept(self, job: Job, epoch: int, outcome: Ended | BaseException) -> None:
        """An attempt has ended."""
        if job.epoch != epoch:
            return  # it overran its timeout, and that was its end
        self._left(job)
        job.epoch += 1
        if isinstance(outcome, BaseException):
            raise outcome
        self._conclude(job, outcome)

    def _left(self, job: Job) -> None:
        """An attempt no longer takes a place."""
        self._inflight -= 1
        if job.holds:
            job.holds = False
            self._workers.release()

    def _conclude(self, job: Job, ended: Ended) -> None:
        job.timed = job.cancel = None
        if job.timer is not None:
            job.timer[2] = None
            job.timer = None
        if type(ended) is dict:
            self._succeeded(job, ended)
            return
        outcome = cast("Outcome", ended)
        failure = outcome.failure
        if failure is ABORTED:
            job.attempt -= 1  # it was handed out, but never ran
            self._drop(job)
        elif failure is not None:
            if failure.recoverable and job.attempt <= self._retries(job, failure) and not job.stopped:
                self._retry(job, failure)
                return
            if job.attempt:
                self._note_failure(job, failure)
            job.owner.settle(job.slot, None, failure)
        elif outcome.expansion is not None:
            job.owner.grow(job, outcome.expansion)
        else:
            self._succeeded(job, outcome.outputs or {})

    @staticmethod
    def _retries(job: Job, failure: Failure) -> int:
        """Extra attempts. One that was lost with its worker is the system's failure, which a task need not ask to repeat."""
        lost_worker = failure.kind is ErrorKind.SYSTEM and isinstance(failure.error, TaskInterruptedError)
        return max(job.way.retries, SYSTEM_RETRIES) if lost_worker else job.way.retries

    def _succeeded(self, job: Job, outputs: Mapping[str, bytes]) -> None:
        if job.attempt:  # a gate's question is not a node
            state = State.CACHED if job.cached else State.SUCCEEDED
            self.note(job.address, state, job.name, job.key, attempt=job.attempt, started=job.started)
        job.owner.settle(job.slot, outputs, None)

    def _note_failure(self, job: Job, failure: Failure) -> None:
        state = State.TIMED_OUT if isinstance(failure.error, TaskTimeoutError) else State.FAILED
        text = failure.message()
        self.note(job.address, state, job.name, job.key, attempt=job.attempt, detail=text, started=job.started)

    def _retry(self, job: Job, failure: Failure) -> None:
        text = failure.message()
        self.note(job.address, State.RETRYING, job.name, job.key, attempt=job.attempt, detail=text, started=job.started)
        delay = getattr(job.way.callee.entity if job.way.callee is not None else None, "retry_delay", None)
        seconds = delay(job.attempt) if delay is not None else 0.0
        if seconds > 0:
            self.after(seconds, lambda: self._jobs.append(job))
        else:
            self._jobs.append(job)
