"""The truth of a comparison."""

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int) -> int:
    x = one(a=a)
    if x > 3:
        return x
    return one(a=2)
