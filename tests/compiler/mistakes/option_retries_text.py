"""Text as retries."""

from drawloom import task


@task(retries="3")
def first(a: int) -> int:
    return a
