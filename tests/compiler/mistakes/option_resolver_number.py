"""A resolver that is a number."""

from drawloom import task


@task(task_resolver=3)
def first(a: int) -> int:
    return a
