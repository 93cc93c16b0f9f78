"""A schedule without a value for a required input."""

from drawloom import CronSchedule, LaunchPlan, task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int, b: str = "b") -> int:
    return one(a=a)


LaunchPlan.create("plan_schedule_leaves_input_open", wf, schedule=CronSchedule(schedule="@daily"))
