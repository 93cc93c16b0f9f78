"""A switch that is a number."""

from drawloom import workflow


@workflow(pickle_untyped=3)
def wf(a: int) -> int:
    return a
