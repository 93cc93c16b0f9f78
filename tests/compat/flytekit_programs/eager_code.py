"""Async tasks, eager workflows and gathering."""

import asyncio
from typing import List

from flytekit import eager, task, workflow


@task
async def add_one(x: int) -> int:
    await asyncio.sleep(0)
    return x + 1


@task
def double(x: int) -> int:
    return 2 * x


@workflow
def both(x: int) -> int:
    return double(x=add_one(x=x))


@eager
async def spread(n: int) -> List[int]:
    parts = await asyncio.gather(*(add_one(x=i) for i in range(n)))
    whole = both(x=sum(parts))
    return [*parts, whole]


if __name__ == "__main__":
    print(asyncio.run(spread(n=3)))
