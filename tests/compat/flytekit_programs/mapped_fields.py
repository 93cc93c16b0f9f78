"""Maps over a list that is a field of a model, and over what a subworkflow gives."""

from dataclasses import dataclass
from typing import List

from flytekit import ImageSpec, map_task, task, workflow
from pydantic import BaseModel

image = ImageSpec(packages=["numpy"], registry="")


class Series(BaseModel):
    values: List[float] = [1.0, 2.0]


@dataclass
class Names:
    first: List[str]


@task(container_image=image)
def half(x: float) -> float:
    return x / 2


@task
def shout(x: str) -> str:
    return x.upper()


@task
def name(count: int) -> Names:
    return Names([f"n{i}" for i in range(count)])


@workflow
def work(series: Series, count: int) -> "tuple[List[float], List[str]]":
    return map_task(half)(x=series.values), map_task(shout)(x=name(count=count).first)


if __name__ == "__main__":
    print(work(series=Series(values=[3.0, 5.0]), count=2))
