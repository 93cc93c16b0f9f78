"""What a node waits for: each node whose output it is bound to, wherever in a binding and in the order of inputs, then those of `>>`."""

from __future__ import annotations

import pytest

from compiler import conditional, task, workflow
from compiler.graph.node import waits_for


@task
def one() -> int:
    return 1


@task
def add(x: int, y: int) -> int:
    return x + y


@task
def total(xs: list[int], by_name: dict[str, int]) -> int:
    return sum(xs) + sum(by_name.values())


@workflow
def two_inputs(n: int) -> int:
    return add(x=one(), y=one())


@workflow
def one_of_the_workflows(n: int) -> int:
    return add(x=n, y=one())


@workflow
def twice_the_same(n: int) -> int:
    once = one()
    return add(x=once, y=once)


@workflow
def in_containers(n: int) -> int:
    return total(xs=[one(), n, one()], by_name={"a": one()})


@workflow
def ordered_and_bound(n: int) -> int:
    first, second, third = one(), one(), one()
    last = add(x=second, y=third)
    first >> last
    second >> last
    return last


@workflow
def in_arms(n: int) -> int:
    a, b, c = one(), one(), one()
    return conditional("c").if_(n > 1).then(add(x=a, y=b)).else_().then(add(x=c, y=n))


EXPECTED = {
    two_inputs: ["n0", "n1"],
    one_of_the_workflows: ["n0"],
    twice_the_same: ["n0"],
    in_containers: ["n2", "n0", "n1"],
    ordered_and_bound: ["n1", "n2", "n0"],
}


@pytest.mark.parametrize("made", EXPECTED, ids=lambda made: made.short_name)
def test_what_a_node_waits_for_is_what_its_message_says(made):
    last = made.nodes[-1]
    assert last.upstream_node_ids == EXPECTED[made]
    assert [node.id for node in last.upstream_nodes] == EXPECTED[made]
    assert [node.id for node in waits_for(last)] == EXPECTED[made]


def test_an_arm_waits_for_the_nodes_that_it_is_bound_to():
    first, second = in_arms.nodes[-1].entity.inner_nodes()
    assert [node.id for node in waits_for(first)] == ["n0", "n1"]
    assert [node.id for node in waits_for(second)] == ["n2"]
