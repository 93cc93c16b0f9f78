# drawloom run FILE wf
from drawloom import task, workflow


@task
def names() -> list[str]:
    return []


@task
def greet(name: str) -> str:
    return f"hello {name}"


@workflow
def wf() -> str:
    return greet(name=names()[0])  # mistake
