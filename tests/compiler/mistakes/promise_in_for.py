"""A loop over a promise."""

from drawloom import task, workflow


@task
def total(xs: list[int]) -> int:
    return sum(xs)


@task
def numbers(a: int) -> list[int]:
    return [a]


@workflow
def wf(a: int) -> int:
    for x in numbers(a=a):
        total(xs=[x])
    return total(xs=[a])
