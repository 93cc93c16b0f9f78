"""The program of the document "Authoring Structure": `t1`, `t2` and `my_wf` as printed, with decorators and a LaunchPlan."""

from typing import NamedTuple, Tuple

from drawloom import LaunchPlan, conditional, task, workflow

calls = []


@task
def t1(a: int) -> Tuple[int, str]:
    calls.append("t1")
    return a + 2, "world"


@task
def t2(a: str, b: str) -> str:
    calls.append("t2")
    return b + a


@workflow
def my_wf(a: int, b: str) -> Tuple[int, str]:
    x, y = t1(a=a).with_overrides(name="first", retries=2)
    d = t2(a=y, b=b)
    return x, d


@task
def one(a: int) -> str:
    calls.append("one")
    return "one"


@task
def other(a: int) -> str:
    calls.append("other")
    return "other"


@workflow
def branching(a: int) -> str:
    return conditional("which").if_(a == 1).then(one(a=a)).else_().then(other(a=a))


class Named(NamedTuple):
    number: int


@workflow
def outer(a: int) -> Tuple[int, str]:
    x, d = my_wf(a=a, b="hello ")
    return x, d


lp = LaunchPlan.get_or_create(my_wf, name="lp", default_inputs={"b": "hello "})


@workflow
def by_plan(a: int) -> Tuple[int, str]:
    x, d = lp(a=a)
    return x, d
