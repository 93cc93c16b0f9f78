"""A fan-out and a map of short tasks, for runs whose workers are killed."""

import time
from typing import List

from drawloom import dynamic, map_task, task, workflow


@task
def one(n: int) -> int:
    time.sleep(0.05)
    return n


@task
def numbers(n: int) -> List[int]:
    return list(range(n))


@task
def total(xs: List[int], ys: List[int]) -> int:
    return sum(xs) + sum(ys)


@dynamic
def fan_out(n: int) -> List[int]:
    return [one(n=number) for number in range(n)]


@workflow
def wf() -> int:
    return total(xs=fan_out(n=24), ys=map_task(one)(n=numbers(n=60)))
