"""A declared output and no return."""

from weft import task


@task
def first(a: int) -> int:
    print(a)
