"""Ignored inputs, which a node cannot hold."""

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int) -> int:
    return one(a=a).with_overrides(cache_ignore_input_vars=("a",))
