"""Text as a timeout."""

from drawloom import task


@task(timeout="5 minutes")
def first(a: int) -> int:
    return a
