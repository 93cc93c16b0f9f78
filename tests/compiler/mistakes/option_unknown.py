"""An option that @task has not."""

from weft import task


@task(retrys=3)
def first(a: int) -> int:
    return a
