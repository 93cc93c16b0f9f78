"""Two plans with one name."""

from drawloom import LaunchPlan, task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int, b: str = "b") -> int:
    return one(a=a)


LaunchPlan.create("plan_name_taken", wf)
LaunchPlan.create("plan_name_taken", wf)
