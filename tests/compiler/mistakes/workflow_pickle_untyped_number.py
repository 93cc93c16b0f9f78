"""A switch that is a number."""

from weft import workflow


@workflow(pickle_untyped=3)
def wf(a: int) -> int:
    return a
