"""One value where two are declared."""

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int) -> tuple[int, int]:
    return one(a=a)
