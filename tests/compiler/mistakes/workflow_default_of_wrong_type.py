"""A default that is not of its input's type."""

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int, b: int = "3") -> int:
    return one(a=a)
