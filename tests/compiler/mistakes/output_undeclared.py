"""A value is returned and none is declared."""

from weft import task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int):
    return one(a=a)
