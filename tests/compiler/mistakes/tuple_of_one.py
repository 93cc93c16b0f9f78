"""A tuple of one as the return type."""

from weft import task


@task
def first(a: int) -> tuple[int]:
    return (a,)
