"""A promise called like a function."""

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int) -> int:
    f = one(a=a)
    return f(2)
