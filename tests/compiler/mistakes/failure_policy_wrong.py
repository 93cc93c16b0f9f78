"""Text as a failure policy."""

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@workflow(failure_policy="FAIL_IMMEDIATELY")
def wf(a: int) -> int:
    return one(a=a)
