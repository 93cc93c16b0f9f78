"""One input both default and fixed."""

from drawloom import LaunchPlan, task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int, b: str = "b") -> int:
    return one(a=a)


LaunchPlan.create("plan_default_and_fixed", wf, default_inputs={"a": 1}, fixed_inputs={"a": 2})
