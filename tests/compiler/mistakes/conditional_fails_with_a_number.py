"""fail() with something that is no text."""

from drawloom import conditional, task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int) -> int:
    return conditional("c").if_(a > 1).then(one(a=a)).else_().fail(3)
