"""Two outputs in the wrong order."""

from drawloom import task, workflow


@task
def pair(a: int) -> tuple[int, str]:
    return a, str(a)


@workflow
def wf(a: int) -> tuple[int, str]:
    x, y = pair(a=a)
    return y, x
