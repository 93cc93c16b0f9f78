# drawloom run FILE wf
from drawloom import CronSchedule, LaunchPlan, task, workflow


@task
def one() -> int:
    return 1


@workflow
def wf() -> int:
    return one()


LaunchPlan.get_or_create(wf, "typical_nightly", schedule=CronSchedule(schedule="at night"))  # mistake
