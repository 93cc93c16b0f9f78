"""An int output for a text input."""

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@task
def text(s: str) -> str:
    return s


@workflow
def wf(a: int) -> str:
    return text(s=one(a=a))
