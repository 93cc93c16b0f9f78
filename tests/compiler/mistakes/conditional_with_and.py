"""`and` between comparisons."""

from drawloom import conditional, task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int) -> int:
    return conditional("c").if_(a > 1 and a < 5).then(one(a=1)).else_().then(one(a=2))
