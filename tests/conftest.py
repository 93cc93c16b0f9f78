"""How many examples a law is tried on: 200 in the suite, 100,000 with `DRAWLOOM_LAWS=nightly`, 40 against a mutant."""

from __future__ import annotations

import os
import typing

import pytest
from hypothesis import HealthCheck, settings

# No deadline: a timed assertion fails on a busy machine. No database: tests write nothing outside their own folders.
_COMMON = {
    "deadline": None,
    "database": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large],
}
settings.register_profile("suite", max_examples=200, **_COMMON)
settings.register_profile("mutants", max_examples=40, derandomize=True, **_COMMON)
settings.register_profile("nightly", max_examples=100_000, **_COMMON)
settings.load_profile(os.environ.get("DRAWLOOM_LAWS", "suite"))


@pytest.fixture(autouse=True)
def _no_memory_of_hints():
    """`typing` keeps the first of `List[Union[int, str]]` and `List[Union[str, int]]` for both, so without this the order of
    variants that a test sees would be that of whichever test ran before it in the same process.
    """
    for forget in getattr(typing, "_cleanups", ()):
        forget()
