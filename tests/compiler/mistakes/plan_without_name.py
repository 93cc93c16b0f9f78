"""Options without a name."""

from drawloom import LaunchPlan, task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int, b: str = "b") -> int:
    return one(a=a)


LaunchPlan.get_or_create(wf, default_inputs={"a": 1})
