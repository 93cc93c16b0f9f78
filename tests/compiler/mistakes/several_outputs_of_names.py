"""A NamedTuple of outputs where one value is meant."""

from typing import NamedTuple

from drawloom import task, workflow


class Result(NamedTuple):
    total: int
    label: str


@task
def both(a: int) -> Result:
    return Result(a, "x")


@workflow
def wf(a: int) -> int:
    both(a=both(a=a))
    return both(a=a)
