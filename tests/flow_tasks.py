"""The tasks that generated workflows are made of. What runs is noted in `MARKS`; `COUNTS` has the attempts of flaky calls."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass
from typing import List, Optional

from drawloom import dynamic, task
from drawloom.interpreter import FlyteRecoverableException

MARKS: Counter = Counter()
COUNTS: Counter = Counter()
HANDLED: Counter = Counter()
LOCK = threading.Lock()


def reset():
    MARKS.clear()
    COUNTS.clear()
    HANDLED.clear()


def mark(token):
    with LOCK:
        MARKS[token] += 1


@dataclass
class Pair:
    u: int
    v: List[int]


@task
def add(a: int, b: int, token: str) -> int:
    mark(token)
    return a + b


@task
def scale(a: int, k: int, token: str) -> int:
    mark(token)
    return a * k


@task
def spread(a: int, count: int, token: str) -> List[int]:
    mark(token)
    return [a + i for i in range(count)]


@task
def inc(n: int) -> int:
    return n + 1


@task
def odd(n: int) -> int:
    if n % 2 == 0:
        raise ValueError(f"{n} is even")
    return n


@task
def total(xs: List[int], token: str) -> int:
    mark(token)
    return sum(xs)


@task
def some(xs: List[Optional[int]], token: str) -> int:
    mark(token)
    return sum(x for x in xs if x is not None)


@dynamic
def grow(a: int, token: str) -> int:
    mark(token)
    made = inc(n=a)
    for _ in range(abs(a) % 3):
        made = inc(n=made)
    return made


@task(retries=1)
def flaky(a: int, fails: int, token: str) -> int:
    mark(token)
    with LOCK:
        COUNTS[token] += 1
        tried = COUNTS[token]
    if tried <= fails:
        raise FlyteRecoverableException(f"attempt {tried} of {token}")
    return a


@task
def fail(a: int, k: int, token: str) -> int:
    mark(token)
    if a > k:
        raise ValueError(f"{token}: {a}")
    return a


@task
def pair(a: int, token: str) -> Pair:
    mark(token)
    return Pair(a, [a, a + 1])


@task
def maybe(a: int, token: str) -> Optional[int]:
    mark(token)
    return a if a > 0 else None


@task
def unwrap(a: Optional[int], token: str) -> int:
    mark(token)
    return 0 if a is None else a


@task
def handled(x: int) -> None:
    with LOCK:
        HANDLED[x] += 1
