"""The default launch plan of a task."""

from drawloom import LaunchPlan, task


@task
def one(a: int) -> int:
    return a


LaunchPlan.get_default_launch_plan(None, one)
