# drawloom run FILE wf --n 1
from drawloom import conditional, task, workflow


@task
def double(n: int) -> int:
    return 2 * n


@workflow
def wf(n: int) -> int:
    return conditional("c").if_(n > 1).then(double(n=n))  # mistake
