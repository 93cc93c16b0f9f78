"""A pair whose request is above its limit."""

from drawloom import Resources, task


@task(resources=Resources(mem=("2Gi", "2000M")))
def first(a: int) -> int:
    return a
