"""A conditional without else as an input."""

from drawloom import conditional, task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int) -> int:
    return one(a=conditional("c").if_(a > 1).then(one(a=1)))
