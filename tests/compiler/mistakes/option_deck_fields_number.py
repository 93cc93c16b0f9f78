"""A tab of the deck that is a number."""

from drawloom import task


@task(deck_fields=[3])
def first(a: int) -> int:
    return a
