"""An option that @task has not."""

from drawloom import task


@task(retrys=3)
def first(a: int) -> int:
    return a
