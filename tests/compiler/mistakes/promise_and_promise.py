"""`and` between promises."""

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int) -> int:
    x = one(a=a)
    return x and one(a=2)
