"""A tuple of one as the return type."""

from drawloom import task


@task
def first(a: int) -> tuple[int]:
    return (a,)
