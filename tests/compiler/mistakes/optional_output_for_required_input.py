"""An output that may be None."""

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@task
def maybe(a: int) -> int | None:
    return a


@workflow
def wf(a: int) -> int:
    return one(a=maybe(a=a))
