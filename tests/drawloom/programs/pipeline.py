"""A module for the command line to work on."""

import enum
from dataclasses import dataclass
from datetime import timedelta

from drawloom import LaunchPlan, task, workflow


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


@dataclass
class Point:
    x: int
    y: float = 0.5


@task
def scale(point: Point, by: int = 2) -> Point:
    """Multiply a point."""
    return Point(point.x * by, point.y * by)


@task
def paint(point: Point, color: Color, names: list[str]) -> str:
    return f"{color.value} {point.x} {point.y} {names}"


@task
def fail(n: int) -> int:
    if n > 1:
        raise ValueError(f"n is {n}")
    return n


@task
def wait(span: timedelta) -> timedelta:
    return span


@workflow
def wf(point: Point, color: Color = Color.RED, names: list[str] = ["a"], by: int = 3) -> str:
    """Scale, then paint.

    Args:
        point: where it is
        by: how much larger
    """
    return paint(point=scale(point=point, by=by), color=color, names=names)


@workflow
def bad(n: int = 2) -> int:
    return fail(n=n)


@workflow
def spans(span: timedelta) -> timedelta:
    return wait(span=span)


blue = LaunchPlan.get_or_create(wf, name="blue", default_inputs={"by": 5}, fixed_inputs={"color": Color.BLUE})
