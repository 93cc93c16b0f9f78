"""Several outputs in a sum."""

from typing import NamedTuple

from drawloom import task, workflow


class Pair(NamedTuple):
    a: int
    b: str


@task
def two(a: int) -> Pair:
    return Pair(a, "b")


@workflow
def wf(a: int) -> int:
    return two(a=a) + 1
