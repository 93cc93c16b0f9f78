"""A promise as a count."""

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int) -> int:
    for i in range(a):
        one(a=i)
    return one(a=a)
