"""A trigger that is not a schedule."""

from drawloom import LaunchPlan, task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int = 1) -> int:
    return one(a=a)


LaunchPlan.create("plan_trigger_text", wf, trigger="@daily")
