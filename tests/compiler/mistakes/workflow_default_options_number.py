"""Default options that are a number."""

from weft import workflow


@workflow(default_options=3)
def wf(a: int) -> int:
    return a
