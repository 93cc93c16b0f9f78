# drawloom run FILE wf --n 1
from drawloom import task, workflow


@task
def clean() -> None: ...


@task
def double(n: int) -> int:
    return 2 * n


@workflow(on_failure=clean)
def wf(n: int) -> int:  # mistake
    return double(n=n)
