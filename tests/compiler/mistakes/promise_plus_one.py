"""Arithmetic with a promise."""

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int) -> int:
    return one(a=one(a=a) + 1)
