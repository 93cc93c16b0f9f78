"""An image whose name has spaces."""

from drawloom import task


@task(container_image="BAD IMAGE!!")
def first(a: int) -> int:
    return a
