# drawloom run FILE wf --n 1
from drawloom import task, workflow


@task
def double(n: int) -> int:
    return 2 * n


@workflow
def wf(n: int) -> int:
    return double(n=n) + 1  # mistake
