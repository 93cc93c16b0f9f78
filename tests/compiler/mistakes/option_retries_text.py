"""Text as retries."""

from weft import task, workflow


@task(retries="3")
def first(a: int) -> int:
    return a
