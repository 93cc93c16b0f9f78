# drawloom run FILE wf --n 1
from drawloom import map_task, task, workflow


@task
def double(n: int) -> int:
    return 2 * n


@workflow
def wf(n: int) -> list[int]:
    return map_task(double)(n=n)  # mistake
