# drawloom run FILE wf --n 1
from drawloom import task, workflow


@task
def double(n: int) -> int:
    return 2 * n


@workflow
def wf(n: int) -> int:
    if n > 3:  # mistake
        return double(n=n)
    return n
