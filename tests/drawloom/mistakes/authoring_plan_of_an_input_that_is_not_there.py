# drawloom run FILE wf
from drawloom import LaunchPlan, task, workflow


@task
def double(n: int) -> int:
    return 2 * n


@workflow
def wf(n: int = 1) -> int:
    return double(n=n)


LaunchPlan.get_or_create(wf, "typical_ten", default_inputs={"m": 10})  # mistake
