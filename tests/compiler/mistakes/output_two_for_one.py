"""Two outputs where one is declared."""

from weft import task, workflow


@task
def pair(a: int) -> tuple[int, str]:
    return a, str(a)


@workflow
def wf(a: int) -> int:
    return pair(a=a)
