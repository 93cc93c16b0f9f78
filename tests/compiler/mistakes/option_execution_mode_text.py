"""An execution mode that is a text."""

from weft import task


@task(execution_mode="x")
def first(a: int) -> int:
    return a
