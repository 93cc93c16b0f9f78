"""A launch plan: a workflow with some inputs fixed, others by default, and a schedule for a platform."""

from drawloom import CronSchedule, LaunchPlan, task, workflow


@task
def greet(name: str, times: int) -> str:
    return " ".join([f"hi {name}"] * times)


@workflow
def greeting(name: str, times: int = 1) -> str:
    return greet(name=name, times=times)


nightly = LaunchPlan.get_or_create(
    greeting,
    "nightly",
    default_inputs={"times": 2},
    fixed_inputs={"name": "ann"},
    schedule=CronSchedule(schedule="0 2 * * *"),
)

if __name__ == "__main__":
    print(nightly())  # hi ann hi ann
