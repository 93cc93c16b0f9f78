"""Approval of a task without output."""

from datetime import timedelta

from drawloom import approve, task, workflow


@task
def one(a: int) -> int:
    return a


@task
def void(a: int) -> None:
    print(a)


@workflow
def wf(a: int) -> int:
    approve(void(a=a), "x", timeout=timedelta(hours=1))
    return one(a=a)
