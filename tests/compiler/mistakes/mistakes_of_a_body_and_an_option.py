"""A wrong argument, then a body that raises an error of another layer."""

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int) -> int:
    one(a="x")

    @task
    def inner(b: object) -> int:
        return 1

    return inner(b=a)
