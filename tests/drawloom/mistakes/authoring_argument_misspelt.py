# drawloom run FILE wf --n 1
from drawloom import task, workflow


@task
def double(number: int) -> int:
    return 2 * number


@workflow
def wf(n: int) -> int:
    return double(nmber=n)  # mistake
