"""Types: models, dataclasses, enums, unions, tuples, named tuples, typed dicts, dicts given for models."""

import enum
from dataclasses import dataclass
from typing import Dict, List, Literal, NamedTuple, Optional, Tuple, Union

import flyte
from pydantic import BaseModel
from typing_extensions import NotRequired, TypedDict

env = flyte.TaskEnvironment(name="kinds")


class Level(enum.Enum):
    LOW = "low"
    HIGH = "high"


@dataclass
class Point:
    x: float
    y: float = 0.0


class Shape(BaseModel):
    name: str
    points: List[Point]
    level: Level = Level.LOW
    extra: Optional[Dict[str, int]] = None


class Size(NamedTuple):
    width: int
    height: int


class Options(TypedDict):
    name: str
    depth: NotRequired[int]


@env.task
async def outline(shape: Shape, scale: Union[int, float] = 2) -> Tuple[int, float]:
    return len(shape.points), sum(p.x for p in shape.points) * scale


@env.task
async def measure(shape: Shape) -> Size:
    return Size(width=len(shape.points), height=len(shape.name))


@env.task
async def pick(mode: Literal["fast", "slow"], options: Options, level: Level) -> str:
    return f"{mode} {sorted(options)} {level.name}"


@env.task
async def pair(value: Tuple[int, str]) -> Dict[str, Tuple[int, str]]:
    return {"pair": value}


@env.task
async def main() -> List[str]:
    shape = Shape(name="box", points=[Point(1.0), Point(2.0, 3.0)], level=Level.HIGH)
    count, total = await outline(shape)
    size = await measure({"name": "line", "points": [{"x": 1.5, "y": 0.0}]})
    text = await pick("fast", {"name": "n"}, Level.LOW)
    return [f"{count} {total}", f"{size}", text, str(await pair((1, "a")))]


if __name__ == "__main__":
    flyte.init()
    for line in flyte.run(main).outputs()[0]:
        print(line)
