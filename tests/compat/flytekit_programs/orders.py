"""Tasks, a named tuple of outputs, defaults, a launch plan and a sub-workflow."""

import typing

from flytekit import LaunchPlan, task, workflow

Totals = typing.NamedTuple("Totals", total=float, count=int)


@task
def parse(line: str) -> typing.Dict[str, float]:
    return {part.split("=")[0]: float(part.split("=")[1]) for part in line.split(",")}


@task
def totals(prices: typing.Dict[str, float]) -> Totals:
    return Totals(total=sum(prices.values()), count=len(prices))


@task
def discount(total: float, percent: int = 10) -> float:
    return total * (100 - percent) / 100


@workflow
def priced(line: str) -> Totals:
    return totals(prices=parse(line=line))


@workflow
def order(line: str, percent: int = 50) -> typing.Tuple[float, int]:
    found = priced(line=line)
    return discount(total=found.total, percent=percent), found.count


plan = LaunchPlan.get_or_create(order, "half_price", default_inputs={"line": "tea=4"}, fixed_inputs={"percent": 50})

if __name__ == "__main__":
    print(order(line="tea=4,cake=6"))
    print(plan())
    total, count = priced(line="a=1,b=2")
    print(total, count)
