"""The workflow's int input for a text input."""

from drawloom import task, workflow


@task
def text(s: str) -> str:
    return s


@workflow
def wf(a: int) -> str:
    return text(s=a)
