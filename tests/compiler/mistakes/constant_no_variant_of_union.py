"""No variant of a union takes the value."""

from drawloom import task, workflow


@task
def either(v: int | str) -> int:
    return 1


@workflow
def wf(a: int) -> int:
    return either(v=[1.5])
