"""Random types and values that a peer and drawloom both know: the same cases in every process, from the same seed.

Imports only what all environments have: the standard library and pydantic.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import math
import random
import typing
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Union

from pydantic import BaseModel

UTC = dt.timezone.utc


class Color(enum.Enum):
    """Text values, unlike the names."""

    RED = "red"
    BLUE = "b lue"


@dataclasses.dataclass
class Point:
    """Fields of the simple types."""

    x: int
    y: float = 1.5
    label: str = "p"
    on: bool = True


@dataclasses.dataclass
class Line:
    """A record of records and containers."""

    a: Point
    more: list[Point] = dataclasses.field(default_factory=list)
    by: dict[str, int] = dataclasses.field(default_factory=dict)
    maybe: Point | None = None
    color: Color = Color.RED


@dataclasses.dataclass
class Times:
    """Dates and times inside a record."""

    when: dt.datetime
    day: dt.date
    took: dt.timedelta


class Inner(BaseModel):
    """A model inside a model."""

    a: int = 1
    b: str | None = None


class Model(BaseModel):
    """A model with what models have."""

    x: int
    y: float = 2.5
    inner: Inner = Inner()
    many: list[Inner] = []
    by: dict[str, Inner] = {}


class Pair(NamedTuple):
    """A named tuple as a value: Flyte 2 only."""

    a: int
    b: str


LEAVES = (
    "int", "float", "str", "bool", "dt.datetime", "dt.date", "dt.timedelta", "Color", "Point", "Line", "Times", "Inner", "Model", "dict",
    "Dict[int, str]",
)  # fmt: skip
FLYTE_2 = ("Tuple[int, str]", "Pair")


def types(rng: random.Random, leaves: tuple[str, ...], depth: int) -> str:
    """A type as text."""
    kind = rng.choice(("leaf", "leaf", "leaf", "leaf", "list", "list", "dict", "optional")) if depth else "leaf"
    if kind == "list":
        return f"List[{types(rng, leaves, depth - 1)}]"
    if kind == "dict":
        return f"Dict[str, {types(rng, leaves, depth - 1)}]"
    if kind == "optional":
        inner = types(rng, leaves, depth - 1)
        return inner if inner.startswith(("Optional", "Union")) else f"Optional[{inner}]"
    return rng.choice((*leaves, "Union[int, str]", "Union[Point, str]"))


def values(rng: random.Random, hint: Any) -> Any:
    """A value of a type."""
    make = _MAKE.get(hint)
    if make is not None:
        return make(rng)
    origin, args = getattr(hint, "__origin__", None), getattr(hint, "__args__", ())
    if origin is list:
        return [values(rng, args[0]) for _ in range(rng.randrange(4))]
    if origin is dict:
        return {values(rng, args[0]): values(rng, args[1]) for _ in range(rng.randrange(4))}
    if origin is tuple:
        return tuple(values(rng, arg) for arg in args)
    if origin is Union:
        return values(rng, rng.choice(args))
    raise TypeError(hint)


def _text(rng: random.Random) -> str:
    return "".join(rng.choice("abc é😀\n\x00\"'\\") for _ in range(rng.randrange(8)))


def _int(rng: random.Random) -> int:
    return rng.choice((0, 1, -1, 2**31, 2**53 + 1, 2**63 - 1, -(2**63), rng.randrange(-1000, 1000)))


def _float(rng: random.Random) -> float:
    return rng.choice((0.0, 1.5, -2.25, 5e-324, 1e308, math.inf, rng.uniform(-1e6, 1e6)))


def _finite(rng: random.Random) -> float:
    return rng.uniform(-1e6, 1e6)


def _datetime(rng: random.Random) -> dt.datetime:
    return dt.datetime(1, 1, 2, tzinfo=UTC) + dt.timedelta(
        days=rng.randrange(3_600_000), microseconds=rng.randrange(10**11)
    )


def _delta(rng: random.Random) -> dt.timedelta:
    return dt.timedelta(microseconds=rng.randrange(-(10**12), 10**12))


def _point(rng: random.Random) -> Point:
    return Point(_int(rng), _float(rng), _text(rng), rng.choice((False, True)))


def _line(rng: random.Random) -> Line:
    return Line(
        _point(rng), [_point(rng) for _ in range(rng.randrange(3))], {_text(rng): _int(rng) for _ in range(rng.randrange(3))},
        rng.choice((None, _point(rng))), rng.choice(list(Color)),
    )  # fmt: skip


def _inner(rng: random.Random) -> Inner:
    return Inner(a=_int(rng), b=rng.choice((None, _text(rng))))


def _model(rng: random.Random) -> Model:
    many = [_inner(rng) for _ in range(rng.randrange(3))]
    return Model(x=_int(rng), y=_finite(rng), inner=_inner(rng), many=many, by={_text(rng): _inner(rng)})


def _plain(rng: random.Random) -> dict[Any, Any]:
    return {_text(rng): rng.choice((None, True, _int(rng), _finite(rng), _text(rng), [1, "a", None], {"k": [2.5]}))}


_MAKE: dict[Any, Callable[[random.Random], Any]] = {
    int: _int,
    float: _float,
    str: _text,
    bool: lambda rng: rng.choice((False, True)),
    type(None): lambda _: None,
    dt.datetime: _datetime,
    dt.date: lambda rng: _datetime(rng).date(),
    dt.timedelta: _delta,
    Color: lambda rng: rng.choice(list(Color)),
    Point: _point,
    Line: _line,
    Times: lambda rng: Times(_datetime(rng), _datetime(rng).date(), dt.timedelta(seconds=rng.randrange(-9999, 9999))),
    Inner: _inner,
    Model: _model,
    Pair: lambda rng: Pair(_int(rng), _text(rng)),
    dict: _plain,
}


_NAMES = {**globals(), **{name: getattr(typing, name) for name in ("Dict", "List", "Optional", "Tuple", "Union")}}


def cases(count: int, peer: str, seed: int = 1) -> Iterator[tuple[str, Any, Any]]:
    """`count` triples of a type's text, the type, and a value of it."""
    leaves = LEAVES if peer == "flytekit" else (*LEAVES, *FLYTE_2)
    for index in range(count):
        rng = random.Random(seed * 1_000_003 + index)
        text = types(rng, leaves, 3)
        hint = eval(text, dict(_NAMES))
        yield text, hint, values(rng, hint)
