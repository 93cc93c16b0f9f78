"""Positional arguments for create_node."""

from drawloom import create_node, task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int) -> int:
    return create_node(one, a).o0
