"""Both deck switches."""

from drawloom import task


@task(enable_deck=True, disable_deck=False)
def first(a: int) -> int:
    return a
