"""A success ratio above one."""

from drawloom import map_task, task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(xs: list[int]) -> list[int]:
    return map_task(one, min_success_ratio=1.5)(a=xs)
