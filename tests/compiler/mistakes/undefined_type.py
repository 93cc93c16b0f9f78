"""An annotation that names nothing."""

from drawloom import task


@task
def first(a: "Nowhere") -> int:  # noqa: F821 - the mistake
    return 1
