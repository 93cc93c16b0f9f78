"""A schedule that gives its time to no input."""

from drawloom import CronSchedule, LaunchPlan, task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int, b: str = "b") -> int:
    return one(a=a)


LaunchPlan.create(
    "plan_kickoff_unknown",
    wf,
    default_inputs={"a": 1},
    schedule=CronSchedule(schedule="@daily", kickoff_time_input_arg="when"),
)
