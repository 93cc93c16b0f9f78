# drawloom run FILE wf --n 1
from drawloom import conditional, task, workflow


@task
def double(n: int) -> int:
    return 2 * n


@workflow
def wf(n: int) -> int:
    return conditional("c").if_(n > 1 and n < 5).then(double(n=n)).else_().then(double(n=1))  # mistake
