"""A failure handler that is a number."""

from drawloom import workflow


@workflow(on_failure=3)
def wf(a: int) -> int:
    return a
