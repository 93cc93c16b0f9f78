"""A parameter without annotation."""

from drawloom import task


@task
def first(a, b: int) -> int:
    return b
