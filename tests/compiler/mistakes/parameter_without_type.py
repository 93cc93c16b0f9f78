"""A parameter without annotation."""

from weft import task, workflow


@task
def first(a, b: int) -> int:
    return b
