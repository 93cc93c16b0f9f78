"""Approval of a workflow's input."""

from datetime import timedelta

from drawloom import approve, task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int) -> int:
    return one(a=approve(a, "x", timeout=timedelta(hours=1)))
