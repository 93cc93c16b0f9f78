"""One task over a list, in parallel, with a number of failures that may be."""

from drawloom import map_task, task, workflow


@task
def invert(n: int) -> float:
    return 1 / n


@task
def total(parts: list[float | None]) -> float:
    return sum(part for part in parts if part is not None)


@workflow
def inverted(numbers: list[int]) -> float:
    """The sum of what could be inverted."""
    return total(parts=map_task(invert, concurrency=2, min_success_ratio=0.5)(n=numbers))


if __name__ == "__main__":
    print(inverted(numbers=[1, 0, 2, 4]))  # 1.75
