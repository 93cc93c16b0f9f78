"""A call ordered before a value."""

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int) -> int:
    x = one(a=a)
    x >> 3
    return x
