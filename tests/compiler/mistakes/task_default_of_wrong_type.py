"""A task's default that is not of its input's type, where a call relies on it."""

from drawloom import task, workflow


@task
def one(a: int, b: int = "3") -> int:
    return a


@workflow
def wf(a: int) -> int:
    return one(a=a)
