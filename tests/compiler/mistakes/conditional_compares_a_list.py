"""A list in a comparison."""

from drawloom import conditional, task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(xs: list[int]) -> int:
    return conditional("c").if_(xs == 1).then(one(a=1)).else_().then(one(a=2))
