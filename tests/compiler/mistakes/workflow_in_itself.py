"""A workflow that calls itself."""

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int) -> int:
    return wf(a=one(a=a))
