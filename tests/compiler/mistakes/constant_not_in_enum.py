"""Text that is no member of the enum."""

import enum

from drawloom import task, workflow


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


@task
def paint(c: Color) -> int:
    return 1


@workflow
def wf(a: int) -> int:
    return paint(c="green")
