"""A failure handler with an input of its own."""

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@workflow(on_failure=one)
def wf() -> int:
    return one(a=1)
