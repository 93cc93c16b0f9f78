"""Maps over launch plans and workflows that are called by themselves."""

from __future__ import annotations

import functools

import pytest

from drawloom import LaunchPlan, map_task, task, workflow
from drawloom.errors import DrawloomError


@task
def add(a: int, b: int) -> int:
    return a + b


@workflow
def adds(a: int, b: int) -> int:
    return add(a=a, b=b)


def test_plans_and_workflows_are_mapped_outside_a_workflow_too():
    plan = LaunchPlan.get_or_create(adds, "mapped_outside", fixed_inputs={"b": 10})
    assert map_task(adds)(a=[1, 2], b=[3, 4]) == [4, 6]
    assert map_task(plan)(a=[1, 2]) == [11, 12]
    assert map_task(functools.partial(adds, b=5), concurrency=1)(a=[1, 2]) == [6, 7]
    with pytest.raises(DrawloomError, match="different lengths"):
        map_task(adds)(a=[1], b=[1, 2])
    with pytest.raises(DrawloomError, match="input `b` is not given"):
        map_task(adds)(a=[1])
