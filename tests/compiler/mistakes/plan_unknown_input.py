"""A default for an input that does not exist."""

from drawloom import LaunchPlan, task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int, b: str = "b") -> int:
    return one(a=a)


LaunchPlan.create("plan_unknown_input", wf, default_inputs={"zz": 1})
