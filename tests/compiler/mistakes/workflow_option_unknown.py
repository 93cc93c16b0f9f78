"""An option that @workflow has not."""

from drawloom import workflow


@workflow(foo=1)
def wf(a: int) -> int:
    return a
