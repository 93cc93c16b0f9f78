"""A number as interruptible."""

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@workflow(interruptible=1)
def wf(a: int) -> int:
    return one(a=a)
