# drawloom run FILE wf
from drawloom import task, workflow


@task
def double(n: int) -> int:
    return 2 * n


@workflow
def wf(n: int) -> int:
    return double(n=n)


print(wf(number=3))  # mistake
