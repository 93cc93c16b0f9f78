"""Environments' tasks that call tasks: the same source for drawloom and for flyte 2, with only the import changed.

`actions(library, kind, size)` gives a function that makes n local runs of the program `kind`, each with `size` sub-tasks.
Nothing is subtracted: what a run costs by itself is in the figure, shared by its sub-tasks.
"""

import importlib
import pathlib
import sys
import tempfile

from benchmarks.shapes import NAP

SOURCE = """import asyncio
import time

import {library} as flyte

env = flyte.TaskEnvironment(name="bench")


@env.task
async def inc(x: int) -> int:
    return x + 1


@env.task
def sync_inc(x: int) -> int:
    return x + 1


@env.task
async def nap(x: int) -> int:
    await asyncio.sleep({seconds})
    return x + 1


@env.task
def sync_nap(x: int) -> int:
    time.sleep({seconds})
    return x + 1


@env.task
async def chain(n: int) -> int:
    x = 0
    for _ in range(n):
        x = await inc(x)
    return x


@env.task
def call(n: int) -> int:
    x = 0
    for _ in range(n):
        x = sync_inc(x)
    return x


@env.task
async def aio(n: int) -> int:
    x = 0
    for _ in range(n):
        x = await sync_inc.aio(x)
    return x


@env.task
async def gather(n: int) -> int:
    return sum(await asyncio.gather(*[inc(0) for _ in range(n)]))


@env.task
def mapped(n: int) -> int:
    return sum(flyte.map(sync_inc, [0] * n))


@env.task
async def action_async(n: int) -> int:
    return sum(await asyncio.gather(*[nap(0) for _ in range(n)]))


@env.task
async def action_fan_out(n: int) -> int:
    return sum(await asyncio.gather(*[sync_nap.aio(0) for _ in range(n)]))


@env.task
def action_map(n: int) -> int:
    return sum(flyte.map(sync_nap, [0] * n))
"""
MAINS = {"await": "chain", "map": "mapped", "fan_out": "gather"}
"""Programs whose function has another name."""


def actions(library, kind, size):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="bench"))
    name = f"bench_actions_{library}"
    (folder / f"{name}.py").write_text(SOURCE.format(library=library, seconds=NAP))
    sys.path.insert(0, str(folder))
    sys.modules.pop(name, None)
    importlib.invalidate_caches()
    main = getattr(importlib.import_module(name), MAINS.get(kind, kind))
    sys.path.pop(0)
    flyte = importlib.import_module(library)
    flyte.init()

    def run(count):
        for _ in range(count):
            outcome = flyte.with_runcontext(mode="local").run(main, n=size)
            assert next(iter(outcome.outputs())) == size

    return run
