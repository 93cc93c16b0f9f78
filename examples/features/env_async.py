"""Flyte 2 style: async tasks run side by side."""

import asyncio

import drawloom

env = drawloom.TaskEnvironment(name="async")


@env.task
async def square(n: int) -> int:
    await asyncio.sleep(0.01)
    return n * n


@env.task
async def main(n: int) -> int:
    return sum(await asyncio.gather(*(square(i) for i in range(n))))


if __name__ == "__main__":
    print(drawloom.run(main, n=5).outputs()[0])  # 30
