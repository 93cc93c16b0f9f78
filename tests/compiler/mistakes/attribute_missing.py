"""A field that the dataclass has not."""

from dataclasses import dataclass

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@dataclass
class Config:
    size: int


@task
def make(a: int) -> Config:
    return Config(a)


@workflow
def wf(a: int) -> int:
    return one(a=make(a=a).sise)
