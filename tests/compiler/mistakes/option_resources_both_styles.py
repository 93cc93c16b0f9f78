"""Both styles of resources."""

from drawloom import Resources, task


@task(resources=Resources(cpu="1"), requests=Resources(cpu="1"))
def first(a: int) -> int:
    return a
