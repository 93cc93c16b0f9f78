"""The workflow returns the text of a promise."""

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int) -> str:
    x = one(a=a)
    return f"result: {x}"
