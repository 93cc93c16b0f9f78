"""How an attempt of an action is run, and where.

An async task runs on its caller's loop; a sync task runs on its caller's thread, except that one called from an event loop
runs on a thread of the run, so that it may block and start loops of its own. A run's threads end with it.
"""

from __future__ import annotations

import time
from typing import Any

from drawloom.actions.action import Call
from drawloom.actions.result_cache import take_turn
from drawloom.context import AmbientState, activate, restore
from drawloom.interpreter import MOMENT, EnvVars, OverrunError, Permits, with_limit
from drawloom.local.threads import loop_runs_here
from literals import attempt, attempt_async


def run_sync(call: Call) -> Any:
    """Run a call of a sync task on this thread and give its result."""
    seat = call.caller.run.seat
    if seat is None or call.lent is not None:
        return _run_sync(call)
    with seat.calling():
        return _run_sync(call)


def _run_sync(call: Call) -> Any:
    if call.run.known is not None:
        recorded = call.recall()
        if recorded is not None:
            return call.result(recorded)
    if call.task.cache is None:
        literals, context = _attempts(call)
        return call.succeed(literals, context)
    with call.run.results.lookup(call) as entry:
        if entry.found is not None:
            return call.succeed(entry.found, None, cached=True)
        literals, context = _attempts(call)
        entry.store(literals)
        return call.succeed(literals, context)


def _attempts(call: Call) -> tuple[dict[str, bytes], Any]:
    """Outputs and context of the first attempt that succeeds."""
    number = 0
    while True:
        state = call.state(number)
        token = activate(state)
        try:
            outcome = attempt(_body if state.run.seat is None else _seated, call, state)
        finally:
            restore(token)
        if outcome.error is None:
            return outcome.unwrap(), state.task
        _sleep(call, call.after(outcome.error, number, state))
        number += 1


def _sleep(call: Call, pause: float) -> None:
    left = call.time_left()
    if pause:
        time.sleep(pause if left is None else max(0.0, min(pause, left)))


def _seated(call: Call, state: AmbientState) -> dict[str, bytes]:
    most = call.task.max_queued_time
    with state.run.seat.running(most, call.where if most is not None else ""):
        return _body(call, state)


def called(call: Call) -> dict[str, bytes]:
    """The function of a sync task, called once; what it gives as literals."""
    return call.outputs(call.task.invoke(call.arguments()))


async def called_async(call: Call) -> dict[str, bytes]:
    """`called` of an async task."""
    return call.outputs(await call.task.invoke(call.arguments()))


def _body(call: Call, state: AmbientState) -> dict[str, bytes]:
    task = call.task
    remote = call.run.remote
    if remote is not None and remote.takes(call):
        return remote.made(call, state)
    limit = call.limit() if task.is_limited else None
    if limit is None and not task.environment:
        return called(call)

    def work() -> Any:
        with EnvVars(task.environment):
            return task.invoke(call.arguments())

    if limit is None:
        return call.outputs(work())
    try:
        return call.outputs(with_limit(work, limit[0]))
    except OverrunError:
        raise call.too_slow(limit) from None


async def run_async(call: Call) -> Any:
    """Run a call of an async task on this loop and give its result."""
    seat = call.caller.run.seat
    if seat is None or call.lent is not None:
        return await _run_async(call)
    async with seat.calling_async():
        return await _run_async(call)


async def _run_async(call: Call) -> Any:
    if call.run.known is not None:
        recorded = call.recall()
        if recorded is not None:
            return call.result(recorded)
    if call.task.cache is None:
        literals, context = await _async_attempts(call)
        return call.succeed(literals, context)
    entry = call.run.results.lookup(call)
    if entry.serialize:
        await take_turn(entry)
    with entry:
        if entry.found is not None:
            return call.succeed(entry.found, None, cached=True)
        literals, context = await _async_attempts(call)
        entry.store(literals)
        return call.succeed(literals, context)


async def _async_attempts(call: Call) -> tuple[dict[str, bytes], Any]:
    number = 0
    while True:
        state = call.state(number)
        token = activate(state)
        try:
            outcome = await attempt_async((_async_body if state.run.seat is None else _async_seated)(call, state))
        finally:
            restore(token)
        if outcome.error is None:
            return outcome.unwrap(), state.task
        pause = call.after(outcome.error, number, state)
        if pause:
            import asyncio  # noqa: PLC0415 - loaded already: this coroutine runs on a loop

            left = call.time_left()
            await asyncio.sleep(pause if left is None else max(0.0, min(pause, left)))
        number += 1


async def _async_seated(call: Call, state: AmbientState) -> dict[str, bytes]:
    most = call.task.max_queued_time
    async with state.run.seat.running_async(most, call.where if most is not None else ""):
        return await _async_body(call, state)


async def _async_body(call: Call, state: AmbientState) -> dict[str, bytes]:
    task = call.task
    remote = call.run.remote
    if remote is not None and remote.takes(call):
        return await remote.made_async(call, state)
    limit = call.limit() if task.is_limited else None
    if limit is None and not task.environment:
        return await called_async(call)
    with EnvVars(task.environment):
        pending = task.invoke(call.arguments())
        if limit is None:
            return call.outputs(await pending)
        import asyncio  # noqa: PLC0415 - loaded already: this coroutine runs on a loop

        running = asyncio.ensure_future(pending)
        done, _ = await asyncio.wait({running}, timeout=limit[0])
        if done:
            return call.outputs(running.result())
        running.cancel()
        await asyncio.wait({running}, timeout=1)
        raise call.too_slow(limit)


async def on_thread(call: Call) -> Any:
    """Run a call of a sync task on a thread of the run, awaited from a loop."""
    task = call.task
    started = call.run.workers().start(lambda: run_sync(call))
    if task.is_short:
        if started.is_done(MOMENT):
            task.is_short = started.was_short
            return started.outcome.unwrap()
        task.is_short = False
    result = await started.wait()
    task.is_short = started.was_short
    return result


def blocking(call: Call) -> Any:
    """Run a call of a sync task and wait: on this thread, or on one of the run's if this one drives an event loop."""
    if not loop_runs_here():
        return run_sync(call)
    if call.caller.run.seat is not None:
        call.lent = Permits(1)
    return call.run.workers().start(lambda: run_sync(call)).result()
