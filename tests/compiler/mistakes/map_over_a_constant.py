"""Something that is no entity under map_task."""

from drawloom import map_task, task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int) -> int:
    return map_task(5)(a=a)
