"""A number in the environment."""

from drawloom import task


@task(environment={"LEVEL": 3})
def first(a: int) -> int:
    return a
