# drawloom run FILE wf --n 1
from drawloom import task, workflow


@task
def double(n: int) -> int:
    return 2 * n


@workflow
def wf(n: int) -> int:
    a, b = double(n=n)  # mistake
    return a
