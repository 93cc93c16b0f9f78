"""A date that never comes."""

from drawloom import CronSchedule, LaunchPlan, task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int = 1) -> int:
    return one(a=a)


plan = LaunchPlan.get_or_create(wf, "plan_never", schedule=CronSchedule(schedule="0 0 31 2 *"))
