"""A value of another class with the same fields."""

from dataclasses import dataclass

from drawloom import task, workflow


@dataclass
class Config:
    size: int


@dataclass
class Other:
    size: int


@task
def show(c: Config) -> int:
    return c.size


@workflow
def wf(a: int) -> int:
    return show(c=Other(size=1))
