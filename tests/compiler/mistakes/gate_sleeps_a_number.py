"""A sleep that is not a timedelta."""

from drawloom import sleep, task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int) -> int:
    sleep(10)
    return one(a=a)
