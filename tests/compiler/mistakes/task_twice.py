"""@task above a task."""

from weft import task


@task
@task
def first(a: int) -> int:
    return a
