"""A value is returned and none is declared."""

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int):
    return one(a=a)
