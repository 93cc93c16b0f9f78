"""A launch plan of a task."""

from drawloom import LaunchPlan, task


@task
def one(a: int) -> int:
    return a


LaunchPlan.get_or_create(one, "plan_of_a_task", default_inputs={"a": 1})
