"""Resources for a sub-workflow."""

from drawloom import Resources, task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def inner(a: int) -> int:
    return one(a=a)


@workflow
def wf(a: int) -> int:
    return inner(a=a).with_overrides(limits=Resources(cpu="1"))
