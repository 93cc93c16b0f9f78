# drawloom run FILE wf
from typing import Optional

from drawloom import task, workflow


@task
def find() -> Optional[int]:
    return None


@task
def double(n: int) -> int:
    return 2 * n


@workflow
def wf() -> int:
    return double(n=find())  # mistake
