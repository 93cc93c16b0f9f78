"""A task that no import can reach."""

from drawloom import task


def make():
    @task
    def inner(a: int) -> int:
        return a

    return inner


make()
