"""A date that never comes."""

from drawloom import CronSchedule, task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int, b: str = "b") -> int:
    return one(a=a)


CronSchedule(schedule="0 0 31 2 *")
