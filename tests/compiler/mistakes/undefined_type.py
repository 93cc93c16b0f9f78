"""An annotation that names nothing."""

from weft import task


@task
def first(a: "Nowhere") -> int:
    return 1
