"""A declared output and no return."""

from drawloom import task


@task
def first(a: int) -> int:
    print(a)
