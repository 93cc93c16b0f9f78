"""Documentation that is a number."""

from drawloom import workflow


@workflow(docs=3)
def wf(a: int) -> int:
    return a
