"""A name where a list takes an index."""

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@task
def numbers(a: int) -> list[int]:
    return [a]


@workflow
def wf(a: int) -> int:
    return one(a=numbers(a=a).first)
