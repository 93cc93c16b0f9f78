"""A rate below a minute."""

from datetime import timedelta

from drawloom import FixedRate, LaunchPlan, task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int = 1) -> int:
    return one(a=a)


plan = LaunchPlan.get_or_create(wf, "plan_seconds", schedule=FixedRate(timedelta(seconds=30)))
