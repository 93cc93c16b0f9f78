"""An execution mode that is a text."""

from drawloom import task


@task(execution_mode="x")
def first(a: int) -> int:
    return a
