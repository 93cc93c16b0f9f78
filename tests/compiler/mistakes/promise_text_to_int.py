"""The text of a promise converted."""

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int) -> int:
    return one(a=int(str(a)))
