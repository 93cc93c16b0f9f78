# drawloom run FILE wf
from drawloom import task, workflow


@task
def double(n: int) -> int:
    return 2 * n


@workflow
def wf() -> int:
    return double(n=None)  # mistake
