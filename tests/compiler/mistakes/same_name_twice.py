"""Two tasks with one name."""

from drawloom import task, workflow


@task
def step(a: int) -> int:
    return a + 1


first = step


@task
def step(a: int) -> int:
    return a + 2


@workflow
def wf(a: int) -> int:
    return step(a=first(a=a))
