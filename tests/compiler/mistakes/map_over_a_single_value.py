"""A single value where a map takes a list."""

from drawloom import map_task, task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int) -> list[int]:
    return map_task(one)(a=a)
