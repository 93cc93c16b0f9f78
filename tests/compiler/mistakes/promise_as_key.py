"""A promise as an index."""

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@task
def numbers(a: int) -> list[int]:
    return [a]


@workflow
def wf(a: int) -> int:
    table = {1: 2}
    return one(a=numbers(a=a)[one(a=a)])
