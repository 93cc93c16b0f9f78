"""A bound input that does not exist."""

from drawloom import map_task, task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(xs: list[int]) -> list[int]:
    return map_task(one, bound_inputs_values={"zz": 1})(a=xs)
