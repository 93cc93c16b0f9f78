"""Default options that are a number."""

from drawloom import workflow


@workflow(default_options=3)
def wf(a: int) -> int:
    return a
