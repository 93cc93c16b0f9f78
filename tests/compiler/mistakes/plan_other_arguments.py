"""One name with other arguments."""

from drawloom import LaunchPlan, task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int, b: str = "b") -> int:
    return one(a=a)


LaunchPlan.get_or_create(wf, "plan_other_arguments", default_inputs={"a": 1})
LaunchPlan.get_or_create(wf, "plan_other_arguments", default_inputs={"a": 2})
