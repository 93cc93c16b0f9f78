"""A graph that is made while it runs: its shape depends on a value."""

from drawloom import dynamic, task, workflow


@task
def add(a: int, b: int) -> int:
    return a + b


@dynamic
def tree(numbers: list[int]) -> int:
    """Add pairs until one number is left."""
    while len(numbers) > 1:
        pairs = zip(numbers[::2], numbers[1::2], strict=False)
        numbers = [add(a=a, b=b) for a, b in pairs] + numbers[len(numbers) // 2 * 2 :]
    return numbers[0]


@workflow
def summed(numbers: list[int]) -> int:
    return tree(numbers=numbers)


if __name__ == "__main__":
    print(summed(numbers=[1, 2, 3, 4, 5]))  # 15
