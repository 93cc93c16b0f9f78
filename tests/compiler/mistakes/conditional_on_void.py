"""A task without output in a comparison."""

from drawloom import conditional, task, workflow


@task
def one(a: int) -> int:
    return a


@task
def void(a: int) -> None:
    print(a)


@workflow
def wf(a: int) -> int:
    return conditional("c").if_(void(a=a) == 3).then(one(a=1)).else_().then(one(a=2))
