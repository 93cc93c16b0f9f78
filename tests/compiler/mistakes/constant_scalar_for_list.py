"""An int for a list."""

from drawloom import task, workflow


@task
def total(xs: list[int]) -> int:
    return sum(xs)


@workflow
def wf(a: int) -> int:
    return total(xs=3)
