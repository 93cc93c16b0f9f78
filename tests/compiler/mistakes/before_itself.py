"""A node before itself."""

from drawloom import create_node, task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int) -> int:
    x = create_node(one, a=a)
    x >> x
    return x.o0
