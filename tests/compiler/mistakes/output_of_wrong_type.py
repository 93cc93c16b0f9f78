"""An int output where text is declared."""

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int) -> str:
    return one(a=a)
