"""The result of a task without outputs."""

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@task
def nothing(a: int) -> None:
    print(a)


@workflow
def wf(a: int) -> int:
    return one(a=nothing(a=a))
