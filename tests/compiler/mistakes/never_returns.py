"""A declared output and no return."""

from weft import task, workflow


@task
def first(a: int) -> int:
    print(a)
