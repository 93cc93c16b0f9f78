"""The length of a promise."""

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@task
def numbers(a: int) -> list[int]:
    return [a]


@workflow
def wf(a: int) -> int:
    return one(a=len(numbers(a=a)))
