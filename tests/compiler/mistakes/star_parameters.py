"""A task with star parameters."""

from drawloom import task


@task
def first(*values: int) -> int:
    return sum(values)
