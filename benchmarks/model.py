"""The classes whose values are converted. Imports only what every peer's environment has."""

import dataclasses
import enum
import typing

try:
    import pydantic
except ImportError:
    pydantic = None


class Colour(enum.Enum):
    RED = "red"
    GREEN = "green"
    BLUE = "blue"


@dataclasses.dataclass
class Point:
    x: int
    y: float
    name: str


@dataclasses.dataclass
class Job:
    id: int
    title: str
    score: float
    tags: list[str]
    limits: dict[str, int]
    at: Point


@dataclasses.dataclass
class Batch:
    jobs: list[Job]
    note: str


class Row(typing.TypedDict):
    id: int
    title: str
    score: float
    tags: list[str]


if pydantic is not None:

    class Model(pydantic.BaseModel):
        id: int
        title: str
        score: float
        tags: list[str]


def fresh(kind, number):
    """A class that nothing has seen yet: a dataclass or a pydantic model, and a value of it."""
    fields = {"id": int, "title": str, "score": float, "tags": list[str]}
    values = {"id": 48_213 + number, "title": f"number {number}", "score": 2.5, "tags": ["a", "beta"]}
    name = f"Fresh{number}"
    if kind == "dataclass":
        cls = dataclasses.make_dataclass(name, fields.items(), namespace={"__module__": __name__})
    else:
        if pydantic is None:
            raise ImportError("there is no pydantic here")
        cls = type(name, (pydantic.BaseModel,), {"__annotations__": fields, "__module__": __name__})
    return cls, cls(**values)


NEW = ("dataclass", "pydantic")
"""Kinds whose types are new ones each time."""


def first(kind, number):
    """(type, value) number `number` of a kind."""
    return fresh(kind, number) if kind in NEW else FIRSTS[kind]


FIRSTS = {
    "int": (int, 48_213),
    "list": (list[int], [1, 200, 48_213]),
    "union": (typing.Union[int, str], "text"),  # noqa: UP007 - as users of the peers write
}
"""What is converted for the first time, by name, where there are no new types of a kind."""
