# drawloom run FILE wf
from drawloom import FlyteFile, task, workflow


@task
def size(file: FlyteFile) -> int:
    return 1


@workflow
def wf() -> int:
    return size(file=5)  # mistake
