"""What a type checker sees of tasks. `# is T`: the revealed type; `# wrong`: an error on this line."""

import datetime as dt
import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from typing_extensions import reveal_type

from drawloom import Resources, task

T = TypeVar("T")


@dataclass
class Config:
    size: int
    name: str = "n"


class Color(enum.Enum):
    RED = "red"


class Two(NamedTuple):
    total: int
    label: str


@task
def bare(a: int, b: str = "b") -> int:
    return a


@task()
def called(a: int, b: str = "b") -> int:
    return a


@task(retries=3, cache=True, cache_version="1", requests=Resources(cpu="1"), timeout=dt.timedelta(minutes=1))
def options(a: int) -> list[str]:
    return [str(a)]


@task
def pair(a: int) -> tuple[int, str]:
    return a, str(a)


@task
def named(a: int) -> Two:
    return Two(a, str(a))


@task
def nothing(a: int) -> None:
    print(a)


@task
def records(c: Config, xs: list[Config], m: dict[str, Config]) -> Config:
    return c


@task
def optional(a: int | None = None) -> int | None:
    return a


@task
def colors(c: Color) -> Color:
    return c


@task
def times(t: dt.datetime, d: dt.timedelta) -> dt.datetime:
    return t + d


@task
async def later(a: int) -> int:
    return a


def double(fn: Callable[[int], T]) -> Callable[[int], T]:
    return fn


@task
@double
def decorated(a: int) -> float:
    return 1.0 * a


reveal_type(bare(a=1))  # is int
reveal_type(bare(1, "x"))  # is int
reveal_type(bare(a=1, b="x"))  # is int
reveal_type(called(a=1))  # is int
reveal_type(called(1))  # is int
reveal_type(options(a=1))  # is list[str]
reveal_type(pair(a=1))  # is tuple[int, str]
reveal_type(pair(a=1)[0])  # is int
reveal_type(named(a=1))  # is Two
reveal_type(named(a=1).total)  # is int
reveal_type(named(a=1).label)  # is str
reveal_type(nothing(a=1))  # is None
reveal_type(records(c=Config(1), xs=[Config(2)], m={}))  # is Config
reveal_type(records(Config(1), [], {}).size)  # is int
reveal_type(optional())  # is int | None
reveal_type(optional(a=None))  # is int | None
reveal_type(colors(c=Color.RED))  # is Color
reveal_type(times(t=dt.datetime(2024, 1, 1), d=dt.timedelta(1)))  # is datetime
reveal_type(decorated(2))  # is float
reveal_type([bare(a=i) for i in range(3)])  # is list[int]
reveal_type({"x": options(a=1)})  # is dict[str, list[str]]
reveal_type(bare.is_dynamic)  # is bool
reveal_type(bare.name)  # is str
reveal_type(bare.task_type)  # is str
reveal_type(bare.metadata.retries)  # is int
reveal_type(called.metadata.cache)  # is bool

bare(a="x")  # wrong
bare()  # wrong
bare(1, 2)  # wrong
bare(a=1, c=2)  # wrong
bare(1, a=1)  # wrong
called(a=1, b=3)  # wrong
called("x")  # wrong
options(a=None)  # wrong
records(c=1, xs=[], m={})  # wrong
records(c=Config(1), xs=[1], m={})  # wrong
colors(c="red")  # wrong
text: str = bare(a=1)  # wrong
bare(a=pair(a=1))  # wrong
bare(a=optional(a=1))  # wrong
