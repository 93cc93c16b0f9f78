"""Flyte 2 style: `map` over a task, with a limit of how many run at once."""

import drawloom

env = drawloom.TaskEnvironment(name="map")


@env.task
def cube(n: int) -> int:
    return n**3


@env.task
def main(n: int) -> list[int]:
    return list(drawloom.map(cube, range(n), concurrency=2))


if __name__ == "__main__":
    print(drawloom.run(main, n=4).outputs()[0])  # [0, 1, 8, 27]
