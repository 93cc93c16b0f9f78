"""Two outputs, three names."""

from drawloom import task, workflow


@task
def two(a: int) -> tuple[int, int]:
    return a, a


@workflow
def wf(a: int) -> int:
    first, second, third = two(a=a)
    return first
