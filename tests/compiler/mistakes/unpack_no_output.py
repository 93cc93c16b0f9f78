"""A result without annotation taken apart."""

from drawloom import task, workflow


@task
def two(a: int):
    return a, a


@workflow
def wf(a: int) -> int:
    first, second = two(a=a)
    return first
