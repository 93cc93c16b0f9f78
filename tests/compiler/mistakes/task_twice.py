"""@task above a task."""

from drawloom import task


@task
@task
def first(a: int) -> int:
    return a
