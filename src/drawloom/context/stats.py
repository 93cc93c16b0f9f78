"""`current_context().stats`: a statsd-shaped handle whose figures stay in this process."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from types import TracebackType
from typing import final


@final
class Timer:
    """`with stats.timer("step"):` records how long the block took, in milliseconds."""

    def __init__(self, stats: LocalStats, metric: str) -> None:
        self._stats = stats
        self._metric = metric
        self._start = 0.0

    def __enter__(self) -> Timer:
        self._start = time.perf_counter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stats.timing(self._metric, (time.perf_counter() - self._start) * 1000)


class LocalStats:
    """Counters, gauges and timings by dotted name. Thread-safe; `current_value(name)` reads one back."""

    def __init__(self, scope: str | None = None, values: dict[str, float] | None = None) -> None:
        self._scope = scope
        self._values: dict[str, float] = {} if values is None else values
        self._lock = threading.Lock()

    def _name(self, metric: str) -> str:
        return f"{self._scope}.{metric}" if self._scope else metric

    def incr(self, metric: str, count: float = 1, tags: Mapping[str, str] | None = None, **_: object) -> None:
        """Add `count` to a counter."""
        del tags
        with self._lock:
            self._values[self._name(metric)] = self._values.get(self._name(metric), 0) + count

    def decr(self, metric: str, count: float = 1, tags: Mapping[str, str] | None = None, **_: object) -> None:
        """Take `count` from a counter."""
        self.incr(metric, -count, tags)

    def gauge(self, metric: str, value: float, tags: Mapping[str, str] | None = None, **_: object) -> None:
        """Set a gauge."""
        del tags
        with self._lock:
            self._values[self._name(metric)] = value

    def timing(self, metric: str, value: float = 0.0, tags: Mapping[str, str] | None = None, **_: object) -> None:
        """Record a duration in milliseconds; the last one wins."""
        self.gauge(metric, value, tags)

    def timer(self, metric: str, tags: Mapping[str, str] | None = None, **_: object) -> Timer:
        """Time a block."""
        del tags
        return Timer(self, metric)

    def get_stats(self, name: str, copy_tags: bool = True) -> LocalStats:  # noqa: FBT001, FBT002 - flyte's and flytekit's signature
        """The same figures under a longer scope."""
        del copy_tags
        return LocalStats(self._name(name), self._values)

    def current_value(self, metric: str) -> float | None:
        """What a counter, gauge or timing says now; None when it was never written."""
        return self._values.get(self._name(metric))
