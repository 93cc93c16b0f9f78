"""A sub-workflow is called with an input it has not."""

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def inner(a: int) -> int:
    return one(a=a)


@workflow
def wf(a: int) -> int:
    return inner(b=a)
