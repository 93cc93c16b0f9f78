"""A switch that is a number."""

from drawloom import task


@task(pickle_untyped=3)
def first(a: int) -> int:
    return a
