"""How many elements of a map travel together.

A round trip to a worker costs far more than a short task, so elements go in batches that take a worker about `_TOGETHER`
seconds. Until the first result has told how long an element takes, only a few go, each by itself; if none has come back within
`PATIENCE` seconds, elements are long, and all go by themselves. A batch is never so large that the workers could not share what
is at hand.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import Final, final

from drawloom.interpreter.tasks.attempt_record import AttemptResult

PATIENCE: Final = 0.5
"""Seconds that elements wait for the first result to tell how long they take."""
_TOGETHER: Final = 0.25
_MOST: Final = 500
_PER_WORKER: Final = 2
_WEIGHT: Final = 0.3
"""How much the latest batch counts beside those before it."""


@final
class Pace:
    """What is known of how long one map's elements take. Batches are told of from any thread, the rest is the run's own."""

    def __init__(self) -> None:
        self._seconds: float | None = None
        self._since = 0.0
        self._probes = 0

    def size(self, waiting: int, under_way: int, width: int) -> int:
        """How many of the `waiting` elements go in the next batch; 0 is none yet. `under_way`: elements that workers have."""
        if self._seconds is None:
            self._since = self._since or time.monotonic()
            if self.patience() <= 0:
                return 1
            if self._probes >= _PER_WORKER * width:
                return 0
            self._probes += 1
            return 1
        share = math.ceil((waiting + under_way) / (_PER_WORKER * width))
        return max(1, min(int(_TOGETHER / max(self._seconds, 1e-6)), share, _MOST))

    def patience(self) -> float:
        """Seconds until elements that wait go by themselves."""
        return self._since + PATIENCE - time.monotonic() if self._seconds is None and self._since else 0.0

    def took(self, results: Sequence[AttemptResult]) -> None:
        """A batch has come back."""
        latest = sum(result.seconds for result in results) / max(1, len(results))
        before = self._seconds
        self._seconds = latest if before is None else (1 - _WEIGHT) * before + _WEIGHT * latest
