"""Two outputs where one is declared."""

from drawloom import task, workflow


@task
def pair(a: int) -> tuple[int, str]:
    return a, str(a)


@workflow
def wf(a: int) -> int:
    return pair(a=a)
