"""An arm after else_."""

from drawloom import conditional, task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int) -> int:
    section = conditional("c")
    broken = section.if_(a > 1).then(one(a=a))
    broken.else_().then(one(a=a))
    return broken.elif_(a > 2).then(one(a=a))
