"""A fixed input is given in a call."""

from drawloom import LaunchPlan, task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int, b: str = "b") -> int:
    return one(a=a)


fixed = LaunchPlan.create("plan_fixed_input_given", wf, fixed_inputs={"a": 1})


@workflow
def outer(a: int) -> int:
    return fixed(a=a)
