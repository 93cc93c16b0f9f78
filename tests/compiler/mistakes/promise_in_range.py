"""A promise as a count."""

from weft import task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int) -> int:
    for i in range(a):
        one(a=i)
    return one(a=a)
