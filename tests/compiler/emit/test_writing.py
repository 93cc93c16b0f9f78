"""A graph is called sound only if the rules would find nothing: graphs that no call can make are looked at by the rules."""

from __future__ import annotations

import datetime as dt

import pytest

from compiler import compile_bundle, task, workflow
from compiler.emit.serialize import Emitter
from compiler.graph.node import Node, start_node
from compiler.graph.promise import NodeOutput, Promise
from compiler.graph.workflow_graph import WorkflowGraph
from compiler.workflows.function_workflow import WorkflowBase
from compiler.workflows.generated_workflow import InnerWorkflow
from literals import pb


@task
def both(a: int, b: str) -> tuple[int, str]:
    return a, b


@task
def total(xs: list[int]) -> int:
    return sum(xs)


@workflow
def whole(x: int, y: str) -> int:
    first = both(a=x, b="t")
    second = both(a=first.o0, b=first.o1)
    return total(xs=[x, second.o0])


def bindings(source, **changes):
    start = start_node()
    made = {"a": Promise("x", NodeOutput(start, "x"), int), "b": pb_text("t")}
    if source is not None:
        made["b"] = Promise("o1", NodeOutput(source, "o1"), str)
    made.update(changes)
    return [(name, data) for name, data in made.items() if data is not None]


def pb_text(value):
    return pb.BindingData(scalar=pb.Scalar(primitive=pb.Primitive(string_value=value))).SerializeToString()


def is_sound(nodes, outputs=()):
    flow = InnerWorkflow(lambda: "m.wf", whole.python_interface, nodes, [])
    flow._graph = WorkflowGraph(nodes, list(outputs) or [("o0", Promise("o0", NodeOutput(nodes[0], "o0"), int))])
    return Emitter().written(flow).sound


def test_plain_nodes_are_sound():
    assert Emitter().written(whole).sound
    first = Node("n0", both, bindings(None), None)
    assert is_sound([first, Node("n1", both, bindings(first), None)])


WRONG = {
    "an input less": lambda first: bindings(first, a=None),
    "an unknown input": lambda first: bindings(first, a=None, c=Promise("o0", NodeOutput(first, "o0"), int)),
    "another type": lambda first: bindings(first, b=Promise("o0", NodeOutput(first, "o0"), str)),
    "an unknown output": lambda first: bindings(first, a=Promise("o7", NodeOutput(first, "o7"), int)),
    "a constant of another type": lambda first: bindings(first, a=pb_text("no number")),
    "nothing": lambda first: bindings(first, a=b""),
    "an input twice": lambda first: [bindings(first)[0]] * 2,
    "a path": lambda first: bindings(first, a=Promise("o0", NodeOutput(first, "o0", (1,)), int)),
    "a node of another graph": lambda first: bindings(
        first, a=Promise("o0", NodeOutput(Node("n0", both, [], None), "o0"), int)
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_node_that_breaks_a_rule_is_not_sound(wrong):
    first = Node("n0", both, bindings(None), None)
    assert not is_sound([first, Node("n1", both, WRONG[wrong](first), None)])


@pytest.mark.parametrize("name", ["", "start-node", "end-node"])
def test_an_id_that_the_engine_gives_is_not_sound(name):
    assert not is_sound([Node(name, both, bindings(None), None)])


def test_a_list_is_sound_if_all_of_it_may_be_there():
    from compiler.graph.bind import BoundList

    first = Node("n0", both, bindings(None), None)
    number, letter = (Promise(name, NodeOutput(first, name), hint) for name, hint in (("o0", int), ("o1", str)))
    fine = Node("n1", total, [("xs", BoundList([number, number]))], None)
    assert is_sound([first, fine])
    assert not is_sound([first, Node("n1", total, [("xs", BoundList([number, letter]))], None)])
    assert not is_sound([first, Node("n1", both, bindings(first, a=BoundList([number])), None)])


@pytest.mark.parametrize(
    "outputs", [[("o7", "o0")], [("o0", "o1")], [("o0", "o7")], [("o0", "o0"), ("o0", "o0")]], ids=str
)
def test_outputs_that_break_a_rule_are_not_sound(outputs):
    first = Node("n0", both, bindings(None), None)
    assert not is_sound([first], [(name, Promise(var, NodeOutput(first, var), int)) for name, var in outputs])


def test_a_time_before_now_is_not_sound():
    first = Node("n0", both, bindings(None), None)
    assert is_sound([first.with_overrides(timeout=dt.timedelta(seconds=1))])
    first.overrides.timeout.seconds = -1
    assert not is_sound([first])


def test_nodes_that_no_template_knows_are_left_to_the_rules():
    @workflow
    def mixed(x: int, y: str) -> int:
        first = both(a=x, b="t")
        second = both(a=first.o0, b=y).with_overrides(name="second", retries=2)
        first >> second
        return second.o0

    assert Emitter().written(mixed).sound
    made = compile_bundle([mixed])
    nodes = made.bundle.workflows[0].primary.template.nodes
    assert [node.metadata.name for node in nodes] == ["both", "second"]
    assert list(nodes[1].upstream_node_ids) == ["n0"]
    assert isinstance(mixed, WorkflowBase)
