"""A type that nobody registered."""

from drawloom import task


class Socket:
    pass


@task
def first(a: dict[str, list[Socket]]) -> int:
    return len(a)
