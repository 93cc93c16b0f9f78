# drawloom run FILE wf
from drawloom import task, workflow


@task
def numbers() -> list[int]:
    return [1, 2]


@task
def double(n: int) -> int:
    return 2 * n


@workflow
def wf() -> list[int]:
    return [double(n=n) for n in numbers()]  # mistake
