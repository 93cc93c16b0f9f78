"""Four mistakes in one body, all reported."""

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@task
def text(s: str) -> str:
    return s


@task
def total(xs: list[int]) -> int:
    return sum(xs)


@workflow
def wf(a: int) -> int:
    x = one(a="1")
    y = text(s=x)
    z = total(xs=[x, y], more=1)
    one()
    return y
