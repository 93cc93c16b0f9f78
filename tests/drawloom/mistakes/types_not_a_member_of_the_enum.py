# drawloom run FILE wf
from enum import Enum

from drawloom import task, workflow


class Color(Enum):
    RED = "red"
    BLUE = "blue"


@task
def paint(color: Color) -> str:
    return color.value


@workflow
def wf() -> str:
    return paint(color="green")  # mistake
