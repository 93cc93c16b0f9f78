"""One output taken apart."""

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int) -> int:
    first, second = one(a=a)
    return first
