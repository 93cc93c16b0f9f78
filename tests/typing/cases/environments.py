"""What a type checker sees of environments, their tasks and their runs. `# is T`: the revealed type; `# wrong`: an error."""

import asyncio

from typing_extensions import reveal_type

from drawloom import Resources, TaskEnvironment, eager, map_task, run, task, with_runcontext, workflow

env = TaskEnvironment("typed", resources=Resources(cpu="1"), env_vars={"A": "1"}, cache="auto", queue="q")
TaskEnvironment("typed-2", resorces=Resources(cpu="1"))  # wrong
TaskEnvironment("typed-3", cache="sometimes")  # wrong
TaskEnvironment("typed-4", interruptible="yes")  # wrong


@env.task
def blocking(a: int, b: str = "b") -> list[int]:
    return [a]


@env.task(retries=2, timeout=30, report=True)
async def awaited(a: int) -> str:
    return str(a)


@env.task(retrys=2)  # wrong
def misspelled(a: int) -> int:
    return a


@env.task(report="yes")  # wrong
def of_another_type(a: int) -> int:
    return a


reveal_type(blocking(a=1))  # is list[int]
blocking(a="x")  # wrong
blocking.override(retries=0, cpu=1)  # wrong
reveal_type(blocking.override(retries=0)(a=1))  # is list[int]
env.clone_with("other", quee="q")  # wrong
env.clone_with("other", queue="q")


async def waits() -> None:
    reveal_type(await blocking.aio(a=1))  # is list[int]
    reveal_type(await awaited.aio(a=1))  # is str
    reveal_type(await awaited(a=1))  # is str
    reveal_type((await run.aio(blocking, a=1)).name)  # is str
    await blocking.aio(a="x")  # wrong
    await run.aio(blocking, a="x")  # wrong


reveal_type(run(blocking, 1, b="x").name)  # is str
run(blocking, a="x")  # wrong
run(blocking)  # wrong
run(blocking, a=1, c=2)  # wrong
reveal_type(with_runcontext(name="r", overwrite_cache=True, durability="fsync").run(blocking, a=1).name)  # is str
with_runcontext(nme="r")  # wrong
with_runcontext(copy_style="some")  # wrong
with_runcontext(debug="yes")  # wrong
with_runcontext(name="r").run(blocking, a="x")  # wrong


@task
async def later(a: int) -> int:
    return a


@task(retries=1)
async def later_with_options(a: int) -> int:
    return a


@workflow
def wf(a: int) -> int:
    b: int = later(a=a)
    later(a="x")  # wrong
    return later_with_options(a=b)


@eager
async def main(a: int) -> int:
    reveal_type(await later(a=a))  # is int
    await later(a="x")  # wrong
    b: int = await later_with_options(a=a)
    return b


reveal_type(asyncio.run(later(a=1)))  # is int


mapped = map_task(later)
reveal_type(mapped(a=[1]))  # is list[int]
mapped(a=1)  # wrong
map_task(later, concurrency=2, metdata=None)  # wrong
