"""A call over several lines."""

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@task
def text(s: str) -> str:
    return s


@workflow
def wf(a: int) -> int:
    return one(
        a=text(
            s="x",
        ),
    )
