"""The result of a task without a return annotation, used."""

from drawloom import task, workflow


@task
def first(a: int):
    return a


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int) -> int:
    return one(a=first(a=a))
