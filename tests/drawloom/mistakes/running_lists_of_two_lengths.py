# drawloom run FILE wf
from drawloom import map_task, task, workflow


@task
def add(a: int, b: int) -> int:
    return a + b


@task
def numbers(n: int) -> list[int]:
    return list(range(n))


@workflow
def wf() -> list[int]:
    return map_task(add)(a=numbers(n=2), b=numbers(n=3))  # mistake
