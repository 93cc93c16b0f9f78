"""A type that nobody registered."""

from weft import task


class Socket:
    pass


@task
def first(a: dict[str, list[Socket]]) -> int:
    return len(a)
