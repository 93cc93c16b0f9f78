"""Conditionals with several arms, `fail`, nesting, and what an arm has to do with an input."""

from flytekit import conditional, task, workflow


@task
def double(n: float) -> float:
    return 2 * n


@task
def square(n: float) -> float:
    return n * n


@task
def coin(seed: int) -> bool:
    return seed % 2 == 0


@workflow
def shape(n: float) -> float:
    return (
        conditional("size")
        .if_((n > 0.1) & (n < 1.0))
        .then(double(n=n))
        .elif_((n >= 1.0) | (n == -1.0))
        .then(square(n=n))
        .else_()
        .fail("too small")
    )


@workflow
def flips(seed: int, n: float) -> float:
    heads = coin(seed=seed)
    inner = conditional("inner").if_(n > 10.0).then(double(n=n)).else_().then(square(n=n))
    return conditional("outer").if_(heads.is_true()).then(inner).else_().then(double(n=n))


if __name__ == "__main__":
    print(shape(n=0.5), shape(n=3.0))
    try:
        shape(n=0.0)
    except ValueError as error:
        print("failed:", "too small" in str(error))
    print(flips(seed=2, n=3.0), flips(seed=1, n=3.0), flips(seed=2, n=11.0))
