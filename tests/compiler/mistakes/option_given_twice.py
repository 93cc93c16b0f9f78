"""An option by position and by name."""

from drawloom import task


@task(None, None, True, cache=True, cache_version="1")
def one(a: int) -> int:
    return a
