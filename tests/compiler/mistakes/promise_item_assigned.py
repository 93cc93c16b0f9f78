"""An item of a promise is written."""

from drawloom import task, workflow


@task
def numbers(a: int) -> list[int]:
    return [a]


@workflow
def wf(a: int) -> list[int]:
    xs = numbers(a=a)
    xs[0] = 5
    return xs
