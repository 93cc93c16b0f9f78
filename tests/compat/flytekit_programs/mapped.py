"""Map tasks with bound arguments, dynamic workflows, recursion and containers of promises."""

import functools
from typing import Dict, List, Optional

from flytekit import dynamic, map_task, task, workflow


@task
def scale(x: int, factor: int, shift: int) -> int:
    return x * factor + shift


@task
def total(xs: List[int]) -> int:
    return sum(xs)


@task
def perhaps(x: int) -> Optional[int]:
    return x if x % 2 else None


@task
def count_none(xs: List[Optional[int]]) -> int:
    return sum(x is None for x in xs)


@dynamic
def fold(xs: List[int]) -> int:
    if not xs:
        return total(xs=[])
    if len(xs) == 1:
        return total(xs=[xs[0]])
    return total(xs=[fold(xs=xs[:1]), fold(xs=xs[1:])])


@task
def join(parts: Dict[str, int], rest: List[int]) -> str:
    return ",".join(f"{k}={v}" for k, v in sorted(parts.items())) + f" {rest}"


@workflow
def work(xs: List[int]) -> str:
    scaled = map_task(functools.partial(scale, factor=2, shift=1), concurrency=2)(x=xs)
    gone = count_none(xs=map_task(perhaps)(x=scaled))
    return join(parts={"sum": total(xs=scaled), "gone": gone}, rest=[fold(xs=xs), 7])


if __name__ == "__main__":
    print(work(xs=[1, 2, 3]))
