"""An attempt of an action on a worker: the same surroundings, the same conversions, and whatever it calls in its own place.

A task that calls others mostly stays where the run is (see `placement`). One that calls a task in a way that its code does not
show calls it within its own attempt, one process for both: the actions have the names that they have anywhere, and travel back
to the run's record. What the worker cannot do honestly is refused by name: a cached call where workers do not share the run's
files, and a workflow or a task of a graph, whose nodes belong into the record.
"""

from __future__ import annotations

import contextlib
import contextvars
from dataclasses import replace
from typing import Any, NamedTuple, NoReturn, cast, final

from drawloom.actions.action import Action, ActionRun, Call, RunSettings
from drawloom.actions.attempts import called, called_async
from drawloom.actions.environment import EnvTask
from drawloom.actions.identity import CallContext
from drawloom.actions.record import ActionLog
from drawloom.actions.result_cache import ActionCache
from drawloom.context import ActionID, AmbientState, activate, current, restore
from drawloom.errors import UnsupportedHereError
from drawloom.interpreter import AttemptRecord, CacheLookup, Failure, MadeBeside, Outcome, Pending, Seat, trail_within
from literals import CallResult, attempt, attempt_async


@final
class TravellingAction(NamedTuple):
    """What an attempt of an action has beside its record; it is pickled.

    Attributes: `identity`, `settings` (of its run), `number` (of attempts before), `shares_files` (the worker sees the run's
    files), `max_bytes` (what the copy of the task allows that was called).
    """

    identity: ActionID
    settings: RunSettings
    number: int
    shares_files: bool
    max_bytes: int

    def call(self, entity: object, record: AttemptRecord, made: MadeBeside) -> Outcome | Pending:
        """Call the function of `entity`, a task of an environment; an async one gives a coroutine of the outcome."""
        task = cast("EnvTask[..., Any]", entity)
        if task.max_bytes != self.max_bytes:
            task = task.override(max_inline_io_bytes=self.max_bytes)
        limit = 1 if self.settings.max_action_concurrency else None
        run = ActionRun(
            replace(self.settings, max_action_concurrency=limit),
            log=ActionLog(waiting=cast("Any", made.actions)),
            pages=made.pages,
        )
        run.graphs = _refuse_graph
        if not self.shares_files:
            run.results = cast("ActionCache", _NoCache())
        seat = None
        if run.permits is not None:  # the place that the attempt has in its run, for it and whatever it calls
            seat = Seat(run.permits, 0)
            seat.ended = True
        caller = AmbientState(
            run=Action(run, self.identity, seat),
            custom_context=dict(record.custom_context),
            file_access=current().file_access,
        )
        call = Call(run, task, dict(record.inputs), self.identity, caller)
        state = call.state(self.number)
        if task.is_async:
            return Pending(_made_async(call, state), contextvars.copy_context())
        return _outcome(call, state, attempt(_made, call, state))


def _made(call: Call, state: AmbientState) -> dict[str, bytes]:
    token = activate(state)
    try:
        with state.run.seat.running() if state.run.seat is not None else contextlib.nullcontext():
            return called(call)
    finally:
        restore(token)


async def _made_async(call: Call, state: AmbientState) -> Outcome:
    activate(state)  # in the context that this coroutine alone runs in
    seat = state.run.seat
    async with seat.running_async() if seat is not None else contextlib.nullcontext():
        return _outcome(call, state, await attempt_async(called_async(call)))


def _outcome(call: Call, state: AmbientState, given: CallResult[dict[str, bytes]]) -> Outcome:
    call.flush_report(cast("CallContext", state.task))
    call.run.end_threads()
    if given.error is None:
        return Outcome(given.unwrap())
    return Outcome(failure=Failure(given.error, trail=trail_within(given.error, state.run.attempt)))


@final
class _NoCache:
    """The cache is where the run is, and its entries may name files that are there only."""

    def lookup(self, call: Call) -> CacheLookup:
        """A place that finds and keeps nothing, for a task that does not cache.

        Raises:
            UnsupportedHereError: it does.
        """
        if call.task.cache is None or call.run.settings.disable_run_cache:
            return CacheLookup(None, "", call.task.name)
        raise UnsupportedHereError(
            "a cached task is called within an attempt on a worker that does not share the run's files",
            where=call.task.name,
            expected="a caller whose code names the task, so that it stays where the run and the cache are",
            got="a caller that finds the task in a way that its code does not show",
            fix=_FIX,
        )


def _refuse_graph(entity: str) -> NoReturn:
    raise UnsupportedHereError(
        "a workflow, or a task outside any environment, is called within an attempt on a worker, where it cannot be recorded",
        where=entity,
        expected="a caller whose code names it, so that it stays where the run's record is",
        got="a caller that finds it in a way that its code does not show",
        fix=_FIX,
    )


_FIX = "name it in the caller's function, or in a helper or a global that the function uses; or run without an executor"
