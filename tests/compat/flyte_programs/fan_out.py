"""An environment, sync and async tasks, map, gather, groups, retries and caching."""

import asyncio
from typing import List

import flyte
import flyte.errors

image = flyte.Image.from_debian_base(python_version=(3, 12)).with_pip_packages("numpy").with_env_vars({"MODE": "x"})
env = flyte.TaskEnvironment(
    name="fan_out", image=image, resources=flyte.Resources(cpu=1, memory="250Mi"), env_vars={"FAN": "out"}
)
calls = {"shaky": 0, "slow": 0}


@env.task
def square(x: int) -> int:
    return x * x


@env.task
async def add(x: int, y: int = 1) -> int:
    await asyncio.sleep(0)
    return x + y


@env.task(retries=3)
async def shaky() -> str:
    calls["shaky"] += 1
    if calls["shaky"] < 3:
        raise RuntimeError("not yet")
    return "steady"


@env.task
async def sure(x: int) -> int:
    if x < 0:
        raise ValueError(f"{x} is negative")
    return x


@env.task
async def main(xs: List[int]) -> str:
    squares = list(flyte.map(square, xs))
    with flyte.group("sums"):
        sums = await asyncio.gather(*(add(x=x) for x in squares))
    try:
        await sure(-1)
        caught = "no"
    except flyte.errors.RuntimeUserError as error:
        caught = error.code
    mixed = [type(r).__name__ for r in flyte.map(sure, [1, -2], return_exceptions=True)]
    return f"{squares} {sums} {caught} {mixed[0]} {await shaky()} {await add.override(short_name='plus')(3)}"


if __name__ == "__main__":
    flyte.init_from_config()
    run = flyte.run(main, xs=[1, 2, 3])
    run.wait()
    print(run.outputs()[0])
