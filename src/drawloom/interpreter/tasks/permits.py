"""`max_action_concurrency`: at most N actions of a run have their code running at the same time.

An action counts while its code runs and no call of its own is under way: whoever waits for a call has given its permit up,
and gets one again before the last of its calls returns. So nobody waits for a permit while having one, and no limit can
lock a run up. Waiting actions are served the deepest first, which ends what was begun before more is begun.

An async task that calls a sync one without `await` holds up its whole loop, and with it everybody there who has a permit.
What it calls then runs one at a time, in its caller's place.

A graph that an action calls is one attempt, as far as permits go: its nodes run one at a time, with its permit.
"""

from __future__ import annotations

import contextlib
import heapq
import itertools
import threading
from collections.abc import AsyncGenerator, Callable, Generator
from typing import final

from drawloom.interpreter.errors import MaxQueuedTimeExceededError


@final
class Permits:
    """So many permits, and who waits for one."""

    def __init__(self, limit: int) -> None:
        self.lock = threading.Lock()
        self.free = limit
        self._waiting: list[tuple[int, bool, int, _Waiter]] = []
        self._numbers = itertools.count()

    def take(self, seat: Seat, *, back: bool, wake: Callable[[], None]) -> _Waiter | None:
        """Under the lock: a permit for `seat` now, which gives None, or its place in the queue. `back`: after a call."""
        if self.free and not self._waiting:
            self.free -= 1
            seat.holds = True
            return None
        waiter = _Waiter(seat, wake, back=back)
        if back:
            seat.waiting.append(waiter)
        heapq.heappush(self._waiting, (-seat.depth, not back, next(self._numbers), waiter))
        return waiter

    def give_up(self, seat: Seat) -> None:
        """Under the lock: pass the permit of `seat` on, if it has one."""
        if not seat.holds:
            return
        seat.holds = False
        while self._waiting:  # those that are gone are still in it
            waiter = heapq.heappop(self._waiting)[3]
            if waiter.is_gone:
                continue
            # One that came back from a call needs none if its attempt made another call meanwhile, or has ended.
            waiter.took = not (waiter.back and (waiter.seat.calls or waiter.seat.ended))
            if waiter.took:
                self._seat(waiter.seat)
            if not waiter.is_gone:
                waiter.go()
            if waiter.took:
                return
        self.free += 1

    def _seat(self, seat: Seat) -> None:
        """Give the permit at hand to `seat`. All its calls that wait to go on do so with this one: it gives only one back."""
        seat.holds = True
        for waiter in seat.waiting:
            if not waiter.is_gone:
                waiter.go()
        seat.waiting.clear()

    def leave_queue(self, waiter: _Waiter) -> None:
        """Whoever waited was interrupted. After a call the code goes on, with the interruption, and ends with its permit."""
        with self.lock:
            waiter.is_gone = True
            if waiter.took and not waiter.back:
                self.give_up(waiter.seat)


@final
class _Waiter:
    __slots__ = ("back", "is_gone", "seat", "took", "wake")

    def __init__(self, seat: Seat, wake: Callable[[], None], *, back: bool) -> None:
        self.seat = seat
        self.wake = wake
        self.back = back
        self.is_gone = self.took = False

    def go(self) -> None:
        """It waits no longer."""
        self.is_gone = True
        self.wake()


@final
class Seat:
    """One attempt of an action, as far as permits go."""

    __slots__ = ("calls", "depth", "ended", "holds", "permits", "waiting")

    def __init__(self, permits: Permits, depth: int) -> None:
        self.permits = permits
        self.depth = depth
        self.calls = 0
        self.holds = self.ended = False
        self.waiting: list[_Waiter] = []

    def _take(self, *, back: bool, wake: Callable[[], None]) -> _Waiter | None:
        """A permit, or the place in the queue for one; None too if none is needed (any more)."""
        permits = self.permits
        with permits.lock:
            if back:
                self.calls -= 1
                if self.calls or self.ended or self.holds:
                    return None
            return permits.take(self, back=back, wake=wake)

    def _blocking(self, *, back: bool, most: float | None = None) -> bool:
        """Wait for a permit, `most` seconds; whether there is one, or none is needed."""
        ready = threading.Lock()
        ready.acquire()
        waiter = self._take(back=back, wake=ready.release)
        if waiter is None:
            return True
        is_ready = False
        try:
            is_ready = ready.acquire(timeout=-1 if most is None else most)
        finally:
            if not is_ready:
                self.permits.leave_queue(waiter)
        return is_ready

    async def _awaiting(self, *, back: bool, most: float | None = None) -> bool:
        """`_blocking` on a loop."""
        import asyncio  # noqa: PLC0415 - loaded already: this coroutine runs on a loop

        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()

        def settle() -> None:
            if not future.done():
                future.set_result(None)

        def wake() -> None:
            # The loop may be closed: then whoever waited was cancelled.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(settle)

        waiter = self._take(back=back, wake=wake)
        if waiter is None:
            return True
        is_ready = False
        try:
            await asyncio.wait({future}, timeout=most)
            is_ready = future.done()
        finally:
            if not is_ready:
                self.permits.leave_queue(waiter)
        return is_ready

    def _call(self) -> None:
        with self.permits.lock:
            self.calls += 1
            self.permits.give_up(self)

    def _end(self) -> None:
        with self.permits.lock:
            self.ended = True
            self.permits.give_up(self)

    @contextlib.contextmanager
    def running(self, most: float | None = None, where: str = "") -> Generator[Seat, None, None]:
        """Around the code of the attempt: with a permit. Gives this seat.

        Raises:
            MaxQueuedTimeExceededError: it got none within `most` seconds.
        """
        if not self._blocking(back=False, most=most):
            raise _late(most, where)
        try:
            yield self
        finally:
            self._end()

    @contextlib.asynccontextmanager
    async def running_async(self, most: float | None = None, where: str = "") -> AsyncGenerator[None, None]:
        """`running` on a loop."""
        if not await self._awaiting(back=False, most=most):
            raise _late(most, where)
        try:
            yield
        finally:
            self._end()

    @contextlib.contextmanager
    def calling(self) -> Generator[None, None, None]:
        """Around a call that the attempt makes: without a permit."""
        self._call()
        try:
            yield
        finally:
            self._blocking(back=True)

    @contextlib.asynccontextmanager
    async def calling_async(self) -> AsyncGenerator[None, None]:
        """`calling` on a loop."""
        self._call()
        try:
            yield
        finally:
            await self._awaiting(back=True)


def _late(most: float | None, where: str) -> MaxQueuedTimeExceededError:
    return MaxQueuedTimeExceededError(
        f"an attempt of the task did not begin within {most:g} s",
        where=where,
        expected=f"its turn within {most:g} s",
        got="other actions of the run were still at work",
        fix="raise max_queued_time, or the run's max_action_concurrency",
    )


def seat_below(caller: Seat | None, permits: Permits | None) -> Seat | None:
    """The seat of an attempt whose caller has this one; None in a run without a limit. `permits`: those lent to it."""
    if caller is None:
        return None
    return Seat(permits or caller.permits, caller.depth + 1)
