"""Dataclasses and enums as inputs and outputs, and a field of one as the input of the next task."""

import enum
from dataclasses import dataclass

from drawloom import task, workflow


class Size(enum.Enum):
    SMALL = "small"
    LARGE = "large"


@dataclass
class Order:
    item: str
    count: int
    size: Size = Size.SMALL


@task
def double(order: Order) -> Order:
    return Order(order.item, 2 * order.count, Size.LARGE)


@task
def label(item: str, size: Size) -> str:
    return f"{item} ({size.value})"


@workflow
def labelled(order: Order) -> str:
    doubled = double(order=order)
    return label(item=doubled.item, size=doubled.size)


if __name__ == "__main__":
    print(labelled(order=Order("tea", 2)))  # tea (large)
