"""`in` with a promise."""

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@task
def numbers(a: int) -> list[int]:
    return [a]


@workflow
def wf(a: int) -> int:
    xs = numbers(a=a)
    return one(a=3 in xs)
