"""An option that map_task has not."""

from drawloom import map_task, task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(xs: list[int]) -> list[int]:
    return map_task(one, foo=1)(a=xs)
