# drawloom run FILE wf --no-record
from datetime import timedelta

from drawloom import approve, task, workflow


@task
def one() -> int:
    return 1


@workflow
def wf() -> int:
    return approve(one(), "release", timeout=timedelta(minutes=1))  # mistake
