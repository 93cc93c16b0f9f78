"""A result that is kept: equal inputs are not computed twice, until the version changes."""

from drawloom import Cache, task, workflow

RUNS = []


@task(cache=Cache(version="1"))
def slow_square(n: int) -> int:
    RUNS.append(n)
    return n * n


@workflow
def squares(n: int) -> int:
    return slow_square(n=n)


if __name__ == "__main__":
    print(squares(n=12), squares(n=12), len(RUNS) <= 1)  # 144 144 True
