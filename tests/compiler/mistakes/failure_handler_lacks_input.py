"""A failure handler without the workflow's input."""

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@task
def text(s: str) -> str:
    return s


@workflow(on_failure=text)
def wf(a: int) -> int:
    return one(a=a)
