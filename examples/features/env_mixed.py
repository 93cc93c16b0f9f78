"""Both styles in one run: a task of an environment calls a workflow."""

import drawloom
from drawloom import task, workflow

env = drawloom.TaskEnvironment(name="mixed")


@task
def double(n: int) -> int:
    return 2 * n


@workflow
def quadruple(n: int) -> int:
    return double(n=double(n=n))


@env.task
def main(n: int) -> int:
    return quadruple(n=n) + 1


if __name__ == "__main__":
    print(drawloom.run(main, n=5).outputs()[0])  # 21
