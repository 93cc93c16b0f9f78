"""An eager function that is not async."""

from drawloom import eager, task


@task
def one(a: int) -> int:
    return a


@eager
def many(a: int) -> int:
    return a
