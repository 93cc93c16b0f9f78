"""How one figure is taken: many calls in a timing, several timings, their median."""

import gc
import statistics
import time

QUICK, LEAST = 0.1, 3
ENOUGH = 0.02
"""Seconds that a timing lasts at least, so that the clock's grain does not show."""


def measure(run, budget=0.6):
    """Seconds for one call. `run(n)` makes n calls; the median of up to seven timings within about `budget` seconds."""
    run(1)
    count, spent = 1, timed(run, 1)
    while spent < ENOUGH:
        count = max(count * 2, int(count * ENOUGH / max(spent, 1e-7)))
        spent = timed(run, count)
    timings = [spent / count]
    repeats = 6 if spent < QUICK else 2 if spent < 1 else 0
    end = time.perf_counter() + budget
    for _ in range(repeats):
        timings.append(timed(run, count) / count)
        if time.perf_counter() > end and len(timings) >= LEAST:
            break
    return statistics.median(timings)


def timed(run, count):
    """Seconds for `count` calls, without the garbage collector in between."""
    gc.collect()
    gc.disable()
    try:
        start = time.perf_counter()
        run(count)
        return time.perf_counter() - start
    finally:
        gc.enable()
