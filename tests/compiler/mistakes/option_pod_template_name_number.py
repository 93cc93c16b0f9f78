"""The name of a pod template that is a number."""

from drawloom import task


@task(pod_template_name=3)
def first(a: int) -> int:
    return a
