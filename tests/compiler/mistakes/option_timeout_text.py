"""Text as a timeout."""

from weft import task


@task(timeout="5 minutes")
def first(a: int) -> int:
    return a
