"""A promise in a dict whose values have no type."""

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@task
def show(d: dict) -> int:
    return len(d)


@workflow
def wf(a: int) -> int:
    return show(d={"k": one(a=a)})
