"""Flyte 2 style: a cache whose version is made of the code that the task reaches."""

import drawloom

env = drawloom.TaskEnvironment(name="cache", cache=drawloom.Cache(behavior="auto"))
plain = drawloom.TaskEnvironment(name="plain")


@env.task
def square(n: int) -> int:
    return n * n


@plain.task
def main(n: int) -> int:
    return square(n) + square(n)


if __name__ == "__main__":
    print(drawloom.run(main, n=3).outputs()[0])  # 18
