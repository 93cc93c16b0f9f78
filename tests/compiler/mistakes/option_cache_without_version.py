"""Caching without a version."""

from drawloom import task


@task(cache=True)
def first(a: int) -> int:
    return a
