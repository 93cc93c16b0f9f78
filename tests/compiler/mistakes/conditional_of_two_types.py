"""Arms that give different types."""

from drawloom import conditional, task, workflow


@task
def one(a: int) -> int:
    return a


@task
def text(a: int) -> str:
    return str(a)


@workflow
def wf(a: int) -> int:
    return conditional("c").if_(a > 1).then(one(a=a)).else_().then(text(a=a))
