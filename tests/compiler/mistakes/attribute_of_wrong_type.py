"""A text field for an int input."""

from dataclasses import dataclass

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@dataclass
class Config:
    name: str


@task
def make(a: int) -> Config:
    return Config(str(a))


@workflow
def wf(a: int) -> int:
    return one(a=make(a=a).name)
