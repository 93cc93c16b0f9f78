"""Documentation that is a text."""

from drawloom import task


@task(docs="x")
def first(a: int) -> int:
    return a
