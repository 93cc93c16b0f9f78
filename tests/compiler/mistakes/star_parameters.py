"""A task with star parameters."""

from weft import task


@task
def first(*values: int) -> int:
    return sum(values)
