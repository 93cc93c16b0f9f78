"""A mistake, and then one that ends the body."""

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@task
def text(s: str) -> str:
    return s


@workflow
def wf(a: int) -> int:
    x = text(s=3)
    if x:
        return one(a=a)
    return one(a=1)
