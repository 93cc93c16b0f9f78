"""Documentation that is a text."""

from weft import task


@task(docs="x")
def first(a: int) -> int:
    return a
