"""Positional arguments for a plan."""

from drawloom import LaunchPlan, task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int, b: str = "b") -> int:
    return one(a=a)


default = LaunchPlan.get_or_create(wf)


@workflow
def outer(a: int) -> int:
    return default(a)
