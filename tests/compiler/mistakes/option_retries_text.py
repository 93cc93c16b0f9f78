"""Text as retries."""

from weft import task


@task(retries="3")
def first(a: int) -> int:
    return a
