"""A promise with a format specification."""

from drawloom import task, workflow


@task
def text(s: str) -> str:
    return s


@workflow
def wf(a: int) -> str:
    return text(s=f"{a:03d}")
