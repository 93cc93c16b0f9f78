"""The result of a task without a return annotation, returned."""

from drawloom import task, workflow


@task
def first(a: int):
    return a


@workflow
def wf(a: int) -> int:
    return first(a=a)
