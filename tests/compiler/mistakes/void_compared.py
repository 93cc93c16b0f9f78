"""The result of a task without outputs is compared."""

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@task
def nothing(a: int) -> None:
    print(a)


@workflow
def wf(a: int) -> int:
    v = nothing(a=a)
    if v == 3:
        pass
    return one(a=a)
