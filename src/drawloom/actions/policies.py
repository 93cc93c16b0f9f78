"""How often and how long: retries with pauses, time limits, reuse of containers. Checked when they are made.

A duration is a number of seconds or a timedelta; None and 0 mean no limit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, TypeAlias

from compiler import Cache, Secret
from literals import DrawloomError, preview

DeviceClass: TypeAlias = Literal["GPU", "TPU", "NEURON", "AMD_GPU", "HABANA_GAUDI", "APPLE_SILICON"]
CacheRequest: TypeAlias = Literal["auto", "override", "disable"] | Cache
SecretRequest: TypeAlias = str | Secret | Sequence[str | Secret]
Duration: TypeAlias = timedelta | int | float | None

MIN_TTL = 30
"""Seconds that a reusable container stays at least."""


class PolicyError(DrawloomError, ValueError, TypeError):
    """An option's value is out of range or of the wrong type."""


@dataclass(frozen=True)
class Backoff:
    """The pause before retry n (from 0): `min(base * factor**n, cap)`.

    Raises:
        PolicyError: a negative time, a factor below 1 or not finite, growth without a cap (also a ValueError).
    """

    base: timedelta
    factor: float = 1.0
    cap: timedelta | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.base, timedelta) or self.base < timedelta(0):  # pyright: ignore[reportUnnecessaryIsInstance] - callers
            raise PolicyError(
                "a backoff's base is not a time",
                where="Backoff.base",
                expected="seconds or a timedelta, above zero",
                got=preview(self.base),
                fix="write Backoff(base=timedelta(seconds=1))",
            )
        if not isinstance(self.factor, (int, float)) or not math.isfinite(self.factor) or self.factor < 1:  # pyright: ignore[reportUnnecessaryIsInstance] - callers
            raise PolicyError(
                "a backoff cannot shrink",
                where="Backoff.factor",
                expected=">= 1",
                got=preview(self.factor),
                fix="write 2.0 to double the wait each time, or 1.0 to keep it",
            )
        if self.cap is not None and self.cap < timedelta(0):
            raise PolicyError(
                "a backoff's cap is negative",
                where="Backoff.cap",
                expected="seconds or a timedelta, from zero",
                got=preview(self.cap),
                fix="write cap=timedelta(minutes=5)",
            )
        if self.factor > 1 and self.cap is None:
            raise PolicyError(
                "a growing backoff needs a cap",
                where="Backoff.cap",
                expected="a cap",
                got="none",
                fix="pass cap=timedelta(...)",
            )

    def compute_delay(self, n: int) -> timedelta:
        """The pause before retry `n`, from 0.

        Raises:
            PolicyError: `n` is negative (also a ValueError).
        """
        if n < 0:
            raise PolicyError(
                "retries are counted from 0",
                where="Backoff.compute_delay",
                expected="an int from 0",
                got=preview(n),
                fix="give the number of the retry: 0 for the first one",
            )
        try:
            delay = self.base * self.factor**n
        except OverflowError:
            # Only growth overflows, and growth has a cap.
            delay = self.cap or timedelta.max
        return delay if self.cap is None else min(delay, self.cap)


@dataclass(frozen=True)
class RetryStrategy:
    """`count` extra attempts; back to back without a backoff.

    Raises:
        PolicyError: the count is negative or not a whole number (also a ValueError).
    """

    count: int
    backoff: Backoff | None = None

    def __post_init__(self) -> None:
        if isinstance(self.count, bool) or not isinstance(self.count, int) or self.count < 0:  # pyright: ignore[reportUnnecessaryIsInstance] - callers
            raise PolicyError(
                "retries are a whole number of extra attempts",
                where="retries",
                expected="an int >= 0",
                got=preview(self.count),
                fix="write how often the task may be tried again, such as retries=3",
            )

    def pause(self, n: int) -> float:
        """Seconds before retry `n`, from 0."""
        return self.backoff.compute_delay(n).total_seconds() if self.backoff is not None else 0.0


@dataclass(frozen=True)
class Timeout:
    """Three limits, each on its own. A node of a workflow has the first only; an executor keeps the first and the last.

    Attributes:
        max_runtime: of one attempt, while it runs.
        max_queued_time: of one attempt, before it runs: its turn among the actions of `max_action_concurrency`.
        deadline: of all attempts together, from the first moment.

    Raises:
        PolicyError: a limit is negative or no time (also a ValueError).
    """

    max_runtime: Duration = None
    max_queued_time: Duration = None
    deadline: Duration = None

    def __post_init__(self) -> None:
        for name in ("max_runtime", "max_queued_time", "deadline"):
            seconds(getattr(self, name), f"Timeout.{name}")


TimeoutType: TypeAlias = timedelta | int | float | Timeout | None


def seconds(value: Any, where: str) -> float | None:
    """A duration in seconds; None when there is no limit.

    Raises:
        PolicyError: negative, or no time.
    """
    if value is None:
        return None
    if isinstance(value, timedelta):
        number = value.total_seconds()
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        number = float(value)
    else:
        raise PolicyError(
            "this is not a time",
            where=where,
            expected="seconds or a timedelta",
            got=preview(value),
            fix="write timedelta(minutes=5), or a number of seconds",
        )
    if number < 0 or math.isnan(number):
        raise PolicyError(
            "a time limit cannot be negative",
            where=where,
            expected="a time from zero",
            got=preview(value),
            fix="write timedelta(minutes=5), or None for no limit",
        )
    return number or None


def retry_strategy(value: Any) -> RetryStrategy:
    """What `retries=` was given, as a strategy.

    Raises:
        PolicyError: neither a whole number >= 0 nor a RetryStrategy.
    """
    return value if isinstance(value, RetryStrategy) else RetryStrategy(value)


def timeout_policy(value: Any) -> Timeout:
    """What `timeout=` was given, as limits; a bare duration is `max_runtime`.

    Raises:
        PolicyError: neither a time nor a Timeout.
    """
    if isinstance(value, Timeout):
        return value
    seconds(value, "timeout")
    return Timeout(max_runtime=value)


@dataclass
class ReusePolicy:
    """Keep containers for the next tasks.

    Attributes:
        replicas: how many, or (at least, at most).
        idle_ttl: after which idle time all of them go; at least 30 seconds.
        concurrency: tasks at once in each.
        scaledown_ttl: after which idle time one of them goes; at least 30 seconds.
        scope: shared by all runs, or by one.

    Raises:
        PolicyError: a number out of range (also a ValueError).
    """

    replicas: int | tuple[int, int] = 2
    idle_ttl: int | timedelta = MIN_TTL
    concurrency: int = 1
    scaledown_ttl: int | timedelta = MIN_TTL
    scope: Literal["global", "run"] = "global"

    def __post_init__(self) -> None:
        pair = (self.replicas, self.replicas) if isinstance(self.replicas, int) else tuple(self.replicas or ())
        if len(pair) != 2 or not all(isinstance(n, int) and n >= 0 for n in pair) or pair[0] > pair[1]:  # noqa: PLR2004 - at least, at most # pyright: ignore[reportUnnecessaryIsInstance] - callers
            raise PolicyError(
                "replicas are a number, or at least and at most",
                where="ReusePolicy.replicas",
                expected="an int, or a pair of ints",
                got=preview(self.replicas),
                fix="write replicas=2 or replicas=(1, 4)",
            )
        self.replicas = (pair[0], pair[1])
        if isinstance(self.concurrency, bool) or not isinstance(self.concurrency, int) or self.concurrency < 1:  # pyright: ignore[reportUnnecessaryIsInstance] - callers
            raise PolicyError(
                "at least one task at once",
                where="ReusePolicy.concurrency",
                expected="an int from 1",
                got=preview(self.concurrency),
                fix="write concurrency=1 or more",
            )
        if self.scope not in {"global", "run"}:
            raise PolicyError(
                'scope is "global" or "run"',
                where="ReusePolicy.scope",
                expected='"global" or "run"',
                got=preview(self.scope),
                fix='write scope="run" for workers that end with the run',
            )
        self.idle_ttl = self._ttl("idle_ttl")
        self.scaledown_ttl = self._ttl("scaledown_ttl")

    def _ttl(self, name: str) -> timedelta:
        value = seconds(getattr(self, name), f"ReusePolicy.{name}")
        if value is None or value < MIN_TTL:
            raise PolicyError(
                f"at least {MIN_TTL} seconds",
                where=f"ReusePolicy.{name}",
                expected=f"at least {MIN_TTL} seconds",
                got=preview(getattr(self, name)),
                fix=f"write {name}=timedelta(seconds={MIN_TTL}) or more",
            )
        return timedelta(seconds=value)

    @property
    def min_replicas(self) -> int:
        """At least this many."""
        return self.replicas[0] if isinstance(self.replicas, tuple) else self.replicas

    @property
    def max_replicas(self) -> int:
        """At most this many."""
        return self.replicas[1] if isinstance(self.replicas, tuple) else self.replicas

    def get_scaledown_ttl(self) -> timedelta | None:
        """The idle time of one container."""
        return self.scaledown_ttl if isinstance(self.scaledown_ttl, timedelta) else None
