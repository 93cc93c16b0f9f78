"""A part of a value that may be missing flows on as the type that it has when it is there; whether it is, a run finds out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Union

import pytest

from drawloom import task, workflow
from literals import DrawloomError


@dataclass
class Leaf:
    a: int


@dataclass
class Tree:
    leaf: Optional[Leaf] = None
    number: Optional[int] = None
    many: Optional[list[int]] = None
    either: Union[int, str, None] = None


@task
def of_leaf(x: Leaf) -> int:
    return x.a


@task
def of_number(x: int) -> int:
    return x


@task
def of_many(x: list[int]) -> int:
    return sum(x)


@task
def of_either(x: Union[int, str]) -> int:
    return int(x)


@task
def grows(number: Optional[int]) -> Optional[int]:
    return number


CASES = [(of_leaf, "leaf", Leaf(7)), (of_number, "number", 7), (of_many, "many", [3, 4]), (of_either, "either", "7")]


@pytest.mark.parametrize(("target", "member", "value"), CASES, ids=[member for _, member, _ in CASES])
def test_a_member_that_is_there_is_taken_and_one_that_is_missing_is_named(target, member, value):
    @workflow
    def wf(tree: Tree) -> int:
        return target(x=getattr(tree, member))

    assert wf(tree=Tree(**{member: value})) == 7
    with pytest.raises(DrawloomError, match="input `x`") as caught:
        wf(tree=Tree())
    assert caught.value.got.startswith("None")


def test_a_whole_value_that_may_be_missing_and_a_member_of_another_type_are_refused():
    def whole(n: Optional[int]) -> int:
        return of_number(x=grows(number=n))

    def other(tree: Tree) -> int:
        return of_number(x=tree.either)

    for body in (whole, other):
        with pytest.raises(DrawloomError, match="does not flow into int"):
            workflow(body).compile()
