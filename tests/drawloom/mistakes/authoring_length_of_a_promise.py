# drawloom run FILE wf
from drawloom import task, workflow


@task
def numbers() -> list[int]:
    return [1, 2]


@workflow
def wf() -> int:
    return len(numbers())  # mistake
