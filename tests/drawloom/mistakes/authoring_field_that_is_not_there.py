# drawloom run FILE wf
from dataclasses import dataclass

from drawloom import task, workflow


@dataclass
class Pair:
    left: int
    right: int


@task
def pair() -> Pair:
    return Pair(1, 2)


@workflow
def wf() -> int:
    return pair().middle  # mistake
