# drawloom run FILE wf
from drawloom import task, workflow


@task
def two() -> tuple[int, int]:  # mistake
    return 1, 2, 3


@workflow
def wf() -> int:
    a, b = two()
    return b
