"""Something that Python knows in if_."""

from drawloom import conditional, task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int) -> int:
    return conditional("c").if_(True).then(one(a=1)).else_().then(one(a=2))
