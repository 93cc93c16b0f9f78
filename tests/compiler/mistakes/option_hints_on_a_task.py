"""Dependency hints on a task that is not dynamic."""

from drawloom import task


@task
def one(a: int) -> int:
    return a


@task(node_dependency_hints=[one])
def first(a: int) -> int:
    return a
