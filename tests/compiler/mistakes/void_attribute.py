"""An output of a task that has none."""

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@task
def nothing(a: int) -> None:
    print(a)


@workflow
def wf(a: int) -> int:
    return one(a=nothing(a=a).o0)
