"""Ignored inputs, which a node cannot hold."""

from weft import task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int) -> int:
    return one(a=a).with_overrides(cache_ignore_input_vars=("a",))
