"""One output taken for two."""

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int) -> int:
    x, y = one(a=a)
    return x
