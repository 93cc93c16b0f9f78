"""More is requested than is allowed."""

from drawloom import Resources, task


@task(requests=Resources(cpu="2", mem="500Mi"), limits=Resources(cpu="1500m", mem="1Gi"))
def first(a: int) -> int:
    return a
