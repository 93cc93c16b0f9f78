"""A task that no import can reach."""

from weft import task


def make():
    @task
    def inner(a: int) -> int:
        return a

    return inner


make()
