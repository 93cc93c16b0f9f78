"""Text as a timeout."""

from weft import task, workflow


@task(timeout="5 minutes")
def first(a: int) -> int:
    return a
