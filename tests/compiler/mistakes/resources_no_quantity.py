"""Memory in a unit that Kubernetes does not know."""

from drawloom import Resources, task


@task
def one(a: int) -> int:
    return a


@task(requests=Resources(mem="2GB"))
def big(a: int) -> int:
    return a
