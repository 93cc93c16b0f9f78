"""A constant of the wrong type."""

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int) -> str:
    one(a=a)
    return 5
