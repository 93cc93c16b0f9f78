"""An int output for a list."""

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@task
def total(xs: list[int]) -> int:
    return sum(xs)


@workflow
def wf(a: int) -> int:
    return total(xs=one(a=a))
