"""A workflow inside another one."""

from drawloom import task, workflow


@task
def add(a: int, b: int) -> int:
    return a + b


@workflow
def triple(n: int) -> int:
    return add(a=add(a=n, b=n), b=n)


@workflow
def nine_times(n: int) -> int:
    return triple(n=triple(n=n))


if __name__ == "__main__":
    print(nine_times(n=2))  # 18
