"""Lists of two lengths."""

from drawloom import map_task, task, workflow


@task
def one(a: int) -> int:
    return a


@task
def add(a: int, b: int) -> int:
    return a + b


@workflow
def wf() -> list[int]:
    return map_task(add)(a=[1, 2], b=[1])
