"""A text output among ints."""

from drawloom import task, workflow


@task
def text(s: str) -> str:
    return s


@task
def total(xs: list[int]) -> int:
    return sum(xs)


@workflow
def wf(a: int) -> int:
    return total(xs=[a, text(s="x")])
