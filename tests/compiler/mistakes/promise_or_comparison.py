"""A promise joined like a comparison."""

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int) -> int:
    x = one(a=a)
    return one(a=x | (x > 1))
