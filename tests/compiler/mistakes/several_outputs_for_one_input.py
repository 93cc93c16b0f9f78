"""All outputs of a task for one input."""

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@task
def pair(a: int) -> tuple[int, str]:
    return a, str(a)


@workflow
def wf(a: int) -> int:
    return one(a=pair(a=a))
