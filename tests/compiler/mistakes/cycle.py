"""Two nodes wait for each other."""

from drawloom import create_node, task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int) -> int:
    x = create_node(one, a=1)
    y = create_node(one, a=2)
    x >> y
    y >> x
    return y.o0
