"""Permits are neither lost nor multiplied, however calls of one attempt begin, end and are cancelled beside one another."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drawloom.interpreter import MaxQueuedTimeExceededError, Permits, Seat, seat_below

HANGS = 60
"""Seconds after which a tree of a few dozen steps has locked itself up."""

# An attempt is a list of steps; a step is either a number of turns of the loop that its code takes, or attempts that it calls at once,
# each with the turns before its call and whether it is cancelled after so many turns.
CALLS = st.deferred(
    lambda: st.lists(st.tuples(st.integers(0, 4), st.none() | st.integers(0, 12), ATTEMPTS), min_size=1, max_size=3)
)
ATTEMPTS = st.deferred(lambda: st.lists(st.integers(0, 3) | CALLS, max_size=3))


class Gauge:
    def __init__(self, limit):
        self.limit, self.running = limit, set()

    def enter(self, seat):
        assert seat.holds
        self.running.add(seat)
        assert sum(each.holds for each in self.running) <= self.limit


async def turns(number):
    for _ in range(number):
        await asyncio.sleep(0)


async def attempt(seat, steps, gauge):
    async with seat.running_async():
        gauge.enter(seat)
        for step in steps:
            if isinstance(step, int):
                await turns(step)
            else:
                await asyncio.gather(*(called(seat, *each, gauge) for each in step))
                if all(ends is None for _, ends, _ in step):
                    assert seat.holds, "whoever has got all its answers goes on with a permit"


async def called(seat, before, ends, steps, gauge):
    await turns(before)
    work = asyncio.ensure_future(call(seat, steps, gauge))
    if ends is not None:
        await turns(ends)
        work.cancel()
    await asyncio.wait({work})


async def call(seat, steps, gauge):
    async with seat.calling_async():
        await attempt(seat_below(seat, None), steps, gauge)


def gone_through(limit, trees):
    permits = Permits(limit)
    gauge = Gauge(limit)

    async def within():
        attempts = (attempt(Seat(permits, depth), steps, gauge) for depth, steps in trees)
        await asyncio.wait_for(asyncio.gather(*attempts), HANGS)

    asyncio.run(within())
    assert permits.free == limit
    assert not any(seat.holds for seat in gauge.running)


@given(st.integers(1, 3), st.lists(st.tuples(st.integers(0, 4), ATTEMPTS), min_size=1, max_size=4))
@settings(deadline=None)
def test_every_forest_ends_with_all_its_permits_back(limit, trees):
    gone_through(limit, trees)


def test_calls_that_one_attempt_makes_beside_one_another_wait_for_one_permit():
    permits = Permits(1)
    seat, other = Seat(permits, 1), Seat(permits, 9)

    async def branch(answered):
        async with seat.calling_async():
            await answered.wait()

    async def within():
        busy, answers = asyncio.Event(), [asyncio.Event(), asyncio.Event()]

        async def works():
            async with other.running_async():
                await busy.wait()

        async with seat.running_async():
            first = asyncio.ensure_future(branch(answers[0]))
            working = asyncio.ensure_future(works())
            await turns(3)
            answers[0].set()
            await turns(3)
            second = asyncio.ensure_future(branch(answers[1]))
            answers[1].set()
            await turns(3)
            assert other.holds
            assert not first.done()
            assert not second.done()
            busy.set()
            await asyncio.wait_for(asyncio.gather(first, second, working), HANGS)
            assert seat.holds
            assert not permits.free

    asyncio.run(within())
    assert permits.free == 1


def test_who_waits_too_long_leaves_the_queue():
    permits = Permits(1)
    busy, late, last = (Seat(permits, depth) for depth in (0, 1, 1))
    with busy.running():
        with (
            pytest.raises(MaxQueuedTimeExceededError, match=r"t \(action a\).*within 0\.01 s"),
            late.running(0.01, "t (action a)"),
        ):
            raise AssertionError("it has no permit")
        asyncio.run(turned_away(late))
    with last.running(0.01, "t"):
        assert last.holds
        assert not late.holds
    assert permits.free == 1


async def turned_away(seat):
    with pytest.raises(MaxQueuedTimeExceededError):
        async with seat.running_async(0.01, "t"):
            raise AssertionError("it has no permit")
