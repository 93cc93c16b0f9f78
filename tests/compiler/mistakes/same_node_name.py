"""Two nodes with one name."""

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int) -> int:
    one(a=1).with_overrides(node_name="dup")
    return one(a=2).with_overrides(node_name="dup")
