"""fail() with something that is not a string."""

from drawloom import conditional, task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int) -> int:
    return conditional("c").if_(a > 1).then(one(a=a)).else_().fail(3)
