"""The classes whose values are converted. Imports only what every peer's environment has."""

import dataclasses
import enum

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


if pydantic is not None:

    class Model(pydantic.BaseModel):
        id: int
        title: str
        score: float
        tags: list[str]
