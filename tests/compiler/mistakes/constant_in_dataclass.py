"""A promise inside a dataclass value."""

from dataclasses import dataclass

from drawloom import task, workflow


@dataclass
class Config:
    size: int
    name: str


@task
def show(c: Config) -> int:
    return c.size


@workflow
def wf(a: int) -> int:
    return show(c=Config(size=a, name="n"))
