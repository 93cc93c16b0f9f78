"""A parameter without annotation."""

from weft import task


@task
def first(a, b: int) -> int:
    return b
