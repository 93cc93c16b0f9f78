"""An input's name with two letters swapped."""

from drawloom import task, workflow


@task
def total(xs: list[int]) -> int:
    return sum(xs)


@workflow
def wf(a: int) -> int:
    return total(sx=[a])
