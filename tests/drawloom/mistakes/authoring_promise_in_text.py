# drawloom run FILE wf --n 1
from drawloom import task, workflow


@task
def greet(name: str) -> str:
    return f"hello {name}"


@workflow
def wf(n: int) -> str:
    return greet(name=f"number {n}")  # mistake
