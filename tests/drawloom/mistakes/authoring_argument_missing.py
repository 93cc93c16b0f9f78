# drawloom run FILE wf --n 1
from drawloom import task, workflow


@task
def add(a: int, b: int) -> int:
    return a + b


@workflow
def wf(n: int) -> int:
    return add(a=n)  # mistake
