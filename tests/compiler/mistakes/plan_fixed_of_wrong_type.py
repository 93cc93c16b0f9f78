"""A fixed input of the wrong type."""

from drawloom import LaunchPlan, task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int, b: str = "b") -> int:
    return one(a=a)


LaunchPlan.create("plan_fixed_of_wrong_type", wf, fixed_inputs={"a": [1]})
