"""Tasks that the tests of control constructs share. Their module is imported, so they can be found again by name."""

from __future__ import annotations

from dataclasses import dataclass

from compiler import task


@dataclass
class Pair:
    a: int
    b: int


@task
def inc(n: int) -> int:
    return n + 1


@task
def double(n: int) -> int:
    return n * 2


@task
def text(n: int) -> str:
    return str(n)


@task
def flag(n: int) -> bool:
    return n > 3


@task
def pair(n: int) -> Pair:
    return Pair(n, n + 1)


@task
def two(n: int) -> tuple[int, str]:
    return n, str(n)


@task
def silent(n: int) -> None:
    del n


@task
def add(a: int, b: int, c: int = 1) -> int:
    return a + b + c


@task
def total(xs: list[int]) -> int:
    return sum(xs)
