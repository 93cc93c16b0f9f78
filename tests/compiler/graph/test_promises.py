"""Promises: what a call gives while a workflow is compiled, and what may be done with it."""

from __future__ import annotations

import typing
from dataclasses import dataclass

import pytest

from compiler import (
    ComparisonExpression,
    ConjunctionExpression,
    MissingMemberError,
    NodeOutput,
    Promise,
    PromiseUseError,
    VoidPromise,
    construct_input_promises,
    get_promise,
    get_promise_map,
    task,
    workflow,
)
from literals import pb


@dataclass
class Leaf:
    value: int
    names: list[str]


@dataclass
class Clash:
    ref: int
    var: str
    is_ready: bool
    with_overrides: list[int]


@dataclass
class Root:
    leaf: Leaf
    by_name: dict[str, Leaf]
    many: list[Leaf]
    maybe: Leaf | None
    clash: Clash
    anything: dict


@task
def make(a: int) -> Root:
    return typing.cast("Root", a)


@task
def clash(a: int) -> Clash:
    return typing.cast("Clash", a)


@task
def take(a: int) -> int:
    return a


@task
def void(a: int) -> None:
    print(a)


@task
def pair(a: int) -> typing.NamedTuple("Pair", [("left", int), ("right", str)]):
    return a, str(a)


def traced(body, hint=int):
    """What the body gave, as the workflow saw it."""
    seen = []

    def wf(a: int):
        seen.append(body(a))

    workflow(wf).compile()
    return seen[0]


def path(promise):
    return promise.attr_path


@pytest.mark.parametrize(
    ("reach", "steps", "hint"),
    [
        (lambda r: r.leaf.value, ["leaf", "value"], int),
        (lambda r: r.by_name["x"].names[1], ["by_name", "x", "names", 1], str),
        (lambda r: r.many[0], ["many", 0], Leaf),
        (lambda r: r["leaf"]["value"], ["leaf", "value"], int),
        (lambda r: r.maybe.value, ["maybe", "value"], int),
        (lambda r: r.clash.ref, ["clash", "ref"], int),
        (lambda r: r.clash.is_ready, ["clash", "is_ready"], bool),
        (lambda r: r.clash.with_overrides[0], ["clash", "with_overrides", 0], int),
    ],
)
def test_a_path_has_the_steps_and_the_type_of_the_member(reach, steps, hint):
    promise = traced(lambda a: reach(make(a=a)))
    assert promise.drawloom_path == tuple(steps)
    assert promise.drawloom_hint is hint or promise.drawloom_hint == hint


def test_a_field_named_like_a_member_of_the_promise_is_a_path():
    promise = traced(lambda a: clash(a=a))
    assert promise.ref.attr_path == ["ref"]
    assert promise.var.drawloom_hint is str
    assert isinstance(promise, Promise)


def test_an_untyped_inside_leads_anywhere():
    promise = traced(lambda a: make(a=a).anything["x"][3].y)
    assert promise.attr_path == ["anything", "x", 3, "y"]


@pytest.mark.parametrize(
    "reach", [lambda r: r.lief, lambda r: r.leaf.value.x, lambda r: r.many.first, lambda r: r.maybe.nothing]
)
def test_a_member_that_the_type_has_not_is_an_error_with_a_line(reach):
    with pytest.raises(MissingMemberError) as caught:
        traced(lambda a: reach(make(a=a)))
    assert "test_promises.py" in str(caught.value)


def test_has_attribute_asks_the_type():
    promise = traced(lambda a: make(a=a))
    assert hasattr(promise, "leaf")
    assert not hasattr(promise, "lief")
    assert not hasattr(promise, "_fields")


def test_comparisons_are_data():
    promise = traced(lambda a: take(a=a))
    assert isinstance(promise == 3, ComparisonExpression)
    assert isinstance((promise > 1) & (promise <= 5) | promise.is_true(), ConjunctionExpression)
    assert repr(promise >= 2) == "⟨promise n0.o0⟩ >= 2"
    assert (promise.is_none()).rhs is None
    assert (promise.is_false()).rhs is False


@pytest.mark.parametrize(
    "use",
    [bool, len, iter, int, float, list, range, lambda p: p + 1, lambda p: 1 - p, lambda p: -p, lambda p: ~p, abs, round,
     lambda p: 3 in p, lambda p: p(), lambda p: [1, 2][p], lambda p: f"{p:d}", lambda p: p & True, lambda p: p | p,
     lambda p: p[p], lambda p: p[1.5], lambda p: p % 2, lambda p: 2**p, lambda p: divmod(p, 2)],
)  # fmt: skip
def test_what_needs_the_value_explains_itself(use):
    promise = traced(lambda a: take(a=a))
    with pytest.raises(PromiseUseError) as caught:
        use(promise)
    assert caught.value.fix


def test_the_text_of_a_promise_is_safe_to_print():
    promise = traced(lambda a: make(a=a).leaf.names[0])
    assert str(promise) == repr(promise) == f"{promise}" == "⟨promise n0.o0.leaf.names[0]⟩"


def test_nothing_can_be_done_with_the_result_of_an_entity_without_outputs():
    promise = traced(lambda a: void(a=a))
    assert isinstance(promise, VoidPromise)
    for use in (bool, lambda p: p == 1, lambda p: p.o0, lambda p: p[0], list):
        with pytest.raises(PromiseUseError, match="declares no output"):
            use(promise)


def test_several_outputs_come_as_a_named_tuple():
    promise = traced(lambda a: pair(a=a))
    left, right = promise
    assert (left.var, right.var) == ("left", "right")
    assert promise.left is left
    assert promise.with_overrides(retries=2) is promise
    assert promise.ref.node.settings.retries == 2


def test_order_is_kept_between_all_kinds_of_results():
    def body(a):
        first, second, third = pair(a=a), void(a=a), take(a=a)
        return first >> second >> third, third.ref.node

    last, node = traced(body)
    assert [n.entity.name.rpartition(".")[2] for n in node.upstream_nodes] == ["void"]
    assert [n.entity.name.rpartition(".")[2] for n in node.upstream[0].upstream_nodes] == ["pair"]
    assert isinstance(last, Promise)


def test_a_ready_promise_holds_a_literal():
    promise = Promise("o0", pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(integer=3))))
    assert promise.is_ready
    assert promise.eval() == 3
    assert promise.with_var("x").var == "x"
    assert promise.ref is None


def test_running_an_entity_on_ready_promises_gives_ready_promises():
    from drawloom import task as _  # noqa: F401 - installs the runner

    made = take.local_execute(None, a=Promise("a", pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(integer=4)))))
    assert made.is_ready
    assert made.val.scalar.primitive.integer == 4


def test_a_graph_can_be_walked_by_hand():
    inputs = construct_input_promises(["a"])
    assert inputs["a"].ref.node_id == ""
    start = inputs["a"].ref.node
    four = Promise("a", pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(integer=4))), int)

    @workflow
    def wf(a: int) -> list[int]:
        return [take(a=a), a, 7]

    binding = wf.nodes[0].bindings[0]
    assert get_promise(binding.binding, {start: {"a": four}}).val.scalar.primitive.integer == 4
    made = get_promise_map([binding], {start: {"a": four}})
    assert made["a"].val.scalar.primitive.integer == 4
    listed = get_promise(wf.output_bindings[0].binding, {start: {"a": four}, wf.nodes[0]: {"o0": four}})
    assert [p.scalar.primitive.integer for p in listed.val.collection.literals] == [4, 4, 7]


def test_a_node_output_names_its_node():
    promise = traced(lambda a: take(a=a))
    assert isinstance(promise.ref, NodeOutput)
    assert promise.ref.node_id == "n0"
