"""How one figure is taken: many calls in a timing, several timings, their median.

Budgets go by what a call takes: quick ones are repeated until a timing lasts, calls over a second are timed once after a
warm-up, and calls over three seconds are timed at their first call, since a second one would tell little more.
"""

import gc
import statistics
import time

ENOUGH = 0.01
"""Seconds that a timing lasts at least, so that the clock's grain does not show."""
QUICK, SLOW, VERY_SLOW = 0.1, 1.0, 3.0
LEAST = 3
BUDGET = 0.25
FIRSTS, FEW_FIRSTS, LONG_FIRST = 30, 5, 0.02


def measure(run, budget=BUDGET):
    """Seconds for one call. `run(n)` makes n calls; the median of up to five timings within about `budget` seconds."""
    first = timed(run, 1)
    if first > VERY_SLOW:
        return first
    count, spent = 1, timed(run, 1)
    while spent < ENOUGH:
        count = max(count * 2, int(count * ENOUGH / max(spent, 1e-7)))
        spent = timed(run, count)
    timings = [spent / count]
    repeats = 4 if spent < QUICK else 2 if spent < SLOW else 0
    end = time.perf_counter() + budget
    for _ in range(repeats):
        timings.append(timed(run, count) / count)
        if time.perf_counter() > end and len(timings) >= LEAST:
            break
    return statistics.median(timings)


def measure_firsts(make, parts):
    """{part: seconds} of doing something for the first time: `make(i)` prepares thing number i, each of `parts` is timed on it.

    `parts`: {name: function of what `make` gave and of what the part before gave}. The median over up to thirty things;
    the very first one is for warming up what is common to all.
    """
    spent = {name: [] for name in parts}
    for number in range(FIRSTS):
        thing = made = make(number)
        for name, part in parts.items():
            start = time.perf_counter()
            made = part(thing, made)
            spent[name].append(time.perf_counter() - start)
        if number >= FEW_FIRSTS and sum(times[-1] for times in spent.values()) > LONG_FIRST:
            break
    return {name: statistics.median(times[1:]) for name, times in spent.items()}


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
