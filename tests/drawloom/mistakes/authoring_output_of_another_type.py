# drawloom run FILE wf
from drawloom import task, workflow


@task
def name() -> str:
    return "n"


@workflow
def wf() -> int:
    return name()  # mistake
