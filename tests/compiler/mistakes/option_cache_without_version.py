"""Caching without a version."""

from weft import task


@task(cache=True)
def first(a: int) -> int:
    return a
