"""The truth of a promise."""

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int) -> int:
    if one(a=a):
        return one(a=1)
    return one(a=2)
