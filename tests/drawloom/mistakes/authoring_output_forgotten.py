# drawloom run FILE wf
from drawloom import task, workflow


@task
def one() -> int:
    return 1


@workflow
def wf() -> int:  # mistake
    one()
