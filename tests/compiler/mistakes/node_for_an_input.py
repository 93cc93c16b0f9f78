"""A node instead of its output."""

from drawloom import create_node, task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int) -> int:
    n = create_node(one, a=a)
    return one(a=n)
