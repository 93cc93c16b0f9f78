"""An accelerator as text."""

from weft import task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int) -> int:
    return one(a=a).with_overrides(accelerator="T4")
