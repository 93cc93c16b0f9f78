"""Caching that ignores an input which does not exist."""

from drawloom import task


@task(cache=True, cache_version="1", cache_ignore_input_vars=("b",))
def first(a: int) -> int:
    return a
