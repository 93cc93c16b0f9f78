"""A task with two outputs under map_task."""

from drawloom import map_task, task, workflow


@task
def one(a: int) -> int:
    return a


@task
def two(a: int) -> tuple[int, str]:
    return a, str(a)


@workflow
def wf(xs: list[int]) -> list[int]:
    return map_task(two)(a=xs)
