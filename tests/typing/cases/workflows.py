"""What a type checker sees of workflows, dynamic tasks, map tasks and launch plans."""

import functools
from typing import NamedTuple

from typing_extensions import reveal_type

from drawloom import LaunchPlan, WorkflowFailurePolicy, dynamic, map_task, task, workflow


class Two(NamedTuple):
    total: int
    label: str


@task
def one(a: int) -> int:
    return a


@task
def text(s: str) -> str:
    return s


@task
def add(a: int, b: int) -> float:
    return float(a + b)


@task
def pair(a: int) -> tuple[int, str]:
    return a, str(a)


@workflow
def wf(a: int, s: str = "x") -> str:
    x = one(a=a)
    reveal_type(x)  # is int
    n, t = pair(a=x)
    reveal_type(n)  # is int
    reveal_type(t)  # is str
    text(s=x)  # wrong
    one(a=t)  # wrong
    reveal_type(text(s=t))  # is str
    return text(s=t)


@workflow()
def called(a: int) -> int:
    return one(a=a)


@workflow(failure_policy=WorkflowFailurePolicy.FAIL_AFTER_EXECUTABLE_NODES_COMPLETE, interruptible=True)
def options(a: int) -> Two:
    return Two(one(a=a), text(s="x"))


@workflow
def void(a: int) -> None:
    one(a=a)


@workflow
def outer(a: int) -> tuple[str, int]:
    inner = wf(a=a)
    reveal_type(inner)  # is str
    both = options(a=a)
    reveal_type(both.total)  # is int
    reveal_type(void(a=a))  # is None
    wf(a=inner)  # wrong
    return inner, both.total


@dynamic
def spread(n: int) -> list[int]:
    made = [one(a=i) for i in range(n)]
    reveal_type(made)  # is list[int]
    return made


@dynamic(retries=2)
def spread_called(n: int, s: str) -> str:
    return text(s=s)


reveal_type(wf(a=1))  # is str
reveal_type(wf(1, "x"))  # is str
reveal_type(called(a=1))  # is int
reveal_type(options(a=1))  # is Two
reveal_type(outer(a=1))  # is tuple[str, int]
reveal_type(outer(a=1)[1])  # is int
reveal_type(void(a=1))  # is None
reveal_type((wf(a=1), called(a=2)))  # is tuple[str, int]
reveal_type(options(a=1).label)  # is str
reveal_type(options(1)[0])  # is int
reveal_type(wf.name)  # is str
reveal_type(wf.short_name)  # is str
wf(a="x")  # wrong
wf()  # wrong
wf(a=1, s=2)  # wrong
wf(a=1, t="x")  # wrong
called("x")  # wrong
number: int = wf(a=1)  # wrong

reveal_type(spread(n=1))  # is list[int]
reveal_type(spread(1))  # is list[int]
reveal_type(spread_called(n=1, s="x"))  # is str
spread(n="x")  # wrong
spread_called(n=1)  # wrong
spread()  # wrong

mapped = map_task(one)
reveal_type(mapped(a=[1, 2]))  # is list[int]
reveal_type(map_task(text)(s=["x"]))  # is list[str]
reveal_type(map_task(add, concurrency=2)(a=[1], b=[2]))  # is list[float]
reveal_type(map_task(functools.partial(add, b=1))(a=[1]))  # is list[float]
names: list[str] = mapped(a=[1])  # wrong
mapped(a=1)  # wrong
map_task(text)(s="x")  # wrong
map_task(functools.partial(add, b=1))(a=1)  # wrong
map_task(add, bound_inputs=["b"])(a=[1], b=2)

plan = LaunchPlan.get_or_create(wf)
created = LaunchPlan.create("typed_created", called)
preset = LaunchPlan.get_or_create(wf, "typed_preset", default_inputs={"a": 3})
reveal_type(plan(a=1))  # is str
reveal_type(plan(a=1, s="x"))  # is str
reveal_type(created(a=1))  # is int
reveal_type(preset())  # is str
reveal_type(preset(a=4))  # is str
reveal_type(plan.name)  # is str
reveal_type(LaunchPlan.get_default_launch_plan(None, called)(a=1))  # is int
plan(a="x")  # wrong
plan(b=1)  # wrong
created()  # wrong
amount: int = plan(a=1)  # wrong
