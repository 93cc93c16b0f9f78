"""More positional arguments than inputs."""

from weft import task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int) -> int:
    return one(a, 2)
