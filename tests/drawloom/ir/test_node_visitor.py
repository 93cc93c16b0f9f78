"""Kinds of nodes: one visitor lists them, every place that differs by kind handles each, and nothing else has a list of its own."""

from __future__ import annotations

import ast
import importlib
import inspect
import typing

import pytest

from drawloom.interpreter.nodes.gate_order import gate_positions
from drawloom.interpreter.program import graph as planned
from drawloom.interpreter.program.planning import plan_graph
from drawloom.interpreter.program.program import Program
from drawloom.ir import (
    EntityIndex,
    Key,
    NodeVisitor,
    changes,
    entity_of_node,
    inner,
    pretty,
    references,
    verify,
    walk_template,
    workflow_reference,
)
from drawloom.pictures.graph import picture_of
from literals import DrawloomError, assert_never, pb
from meta import _source

KINDS = [field.name for field in pb.Node.DESCRIPTOR.oneofs_by_name["target"].fields]
NAME = Key(2, "p", "d", "wf", "v")


def identifier(kind, name):
    return pb.Identifier(resource_type=kind, project="p", domain="d", name=name, version="v")


def task_node():
    return pb.Node(id="n0", task_node=pb.TaskNode(reference_id=identifier(pb.ResourceType.TASK, "m.t")))


def workflow_node():
    return pb.Node(
        id="n0", workflow_node=pb.WorkflowNode(sub_workflow_ref=identifier(pb.ResourceType.WORKFLOW, "m.sub"))
    )


def branch_node():
    made = pb.Node(id="n0")
    made.branch_node.if_else.case.condition.comparison.left_value.primitive.integer = 1
    made.branch_node.if_else.case.condition.comparison.right_value.primitive.integer = 1
    made.branch_node.if_else.case.then_node.CopyFrom(task_node())
    made.branch_node.if_else.error.message = "no"
    return made


def gate_node():
    made = pb.Node(id="n0")
    made.gate_node.signal.signal_id = "go"
    made.gate_node.signal.output_variable_name = "o0"
    made.gate_node.signal.type.simple = pb.SimpleType.INTEGER
    return made


def array_node():
    made = pb.Node(id="n0")
    made.array_node.node.CopyFrom(task_node())
    return made


SAMPLES = {made.__name__: made for made in (task_node, workflow_node, branch_node, gate_node, array_node)}


def template(*nodes):
    return pb.WorkflowTemplate(id=identifier(pb.ResourceType.WORKFLOW, "wf"), nodes=nodes)


def index(*templates):
    """What is known: a task and a workflow without inputs, each with one output."""
    made = EntityIndex()
    interface = pb.TypedInterface()
    interface.outputs.variables["o0"].type.simple = pb.SimpleType.INTEGER
    made.add_tasks([pb.TaskTemplate(id=identifier(pb.ResourceType.TASK, "m.t"), interface=interface)])
    made.add_workflows(
        [pb.WorkflowTemplate(id=identifier(pb.ResourceType.WORKFLOW, "m.sub"), interface=interface), *templates]
    )
    return made


def rules_of_changes(old, new):
    return {each.rule for each in changes(old, new)}


# -- the list


def test_the_visitor_has_a_method_for_each_kind_of_the_message():
    assert {*KINDS, "unset"} == NodeVisitor.__abstractmethods__
    assert SAMPLES.keys() == {*KINDS}


def visitors():
    for name, path in _source.modules().items():
        text = path.read_text(encoding="utf-8")
        if "(NodeVisitor[" in text:
            module = importlib.import_module(name)
            found = [each for each in vars(module).values() if inspect.isclass(each) and each.__module__ == name]
            yield from (each for each in found if issubclass(each, NodeVisitor) and each is not NodeVisitor)


VISITORS = [*visitors()]


def test_there_are_visitors_to_hold():
    """Without one of these the next tests say nothing of it."""
    assert {each.__module__ for each in VISITORS} >= {
        "drawloom.interpreter.program.planning",
        "drawloom.ir.compatibility",
        "drawloom.ir.entity_index",
        "drawloom.ir.node_rules",
        "drawloom.ir.node_visitor",
        "drawloom.ir.printing",
        "drawloom.ir.walking",
        "drawloom.pictures.graph",
    }


@pytest.mark.parametrize("visitor", VISITORS, ids=lambda each: f"{each.__module__}.{each.__qualname__}")
def test_each_visitor_handles_each_kind(visitor):
    assert not visitor.__abstractmethods__, "it lacks these"
    assert [kind for kind in [*KINDS, "unset"] if kind not in vars(visitor)] == [], "inherited, and so not thought of"


@pytest.mark.parametrize("kind", [*KINDS, "unset"])
def test_a_visitor_that_lacks_a_kind_cannot_be_made(kind):
    methods = {name: lambda self, *_: None for name in (*KINDS, "unset") if name != kind}
    with pytest.raises(TypeError, match=kind):
        type("Lacking", (NodeVisitor,), methods)()


@pytest.mark.parametrize("kind", KINDS)
def test_visit_gives_the_node_and_what_is_in_its_field(kind):
    def told(name):
        return lambda self, *given, **named: (name, given, named)

    Told = type("Told", (NodeVisitor,), {name: told(name) for name in (*KINDS, "unset")})
    node = SAMPLES[kind]()
    assert Told().visit(node, 1, two=2) == (kind, (node, getattr(node, kind), 1), {"two": 2})
    assert Told().visit(pb.Node(id="n"), 1) == ("unset", (pb.Node(id="n"), 1), {})


# -- nothing else has a list

OWN_LISTS = {
    "drawloom.ir.node_visitor": "the list",
    "drawloom.flytekit._impl.messages": "names of fields of the peer's classes",
}


def kinds_named(node):
    """Kinds that one function or one statement at the top of a module names in texts or asks for by HasField."""
    return {each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and each.value in KINDS}


def functions(tree):
    """The functions of a module, innermost ones by themselves, too; and what is outside of any."""
    found = [each for each in ast.walk(tree) if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef))]
    return [*found, *(each for each in tree.body if not isinstance(each, (ast.FunctionDef, ast.ClassDef)))]


def test_no_other_place_asks_for_several_kinds():
    """Whoever asks for one kind asks the message; whoever asks for two has a list that a new kind is missing from."""
    lists = {
        f"{name}:{node.lineno}"
        for name, path in _source.modules().items()
        if name not in OWN_LISTS and not name.startswith("literals._pb")
        for node in functions(_source.tree(path))
        if len(kinds_named(node)) > 1
    }
    assert lists == set()


def test_nobody_else_reads_which_kind_a_node_is():
    """`WhichOneof("target")` gives a kind as text, which no type checker compares with a list. Of tasks it says the container."""
    asked = {
        name
        for name, path in _source.modules().items()
        for node in ast.walk(_source.tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "WhichOneof"
        and [each.value for each in node.args if isinstance(each, ast.Constant)] == ["target"]
        and "task" not in ast.unparse(node.func.value)
        and ast.unparse(node.func.value) != "template"
    }
    assert asked == {"drawloom.ir.node_visitor"}


# -- what the places do


@pytest.mark.parametrize("kind", KINDS)
def test_every_place_that_differs_by_kind_takes_each(kind):
    node = SAMPLES[kind]()
    whole = template(node)
    known = index(whole)
    assert pretty(node) != pretty(pb.Node(id="n0"))
    assert known.node(node) is not None
    assert [visited.path for visited in walk_template(whole)][0] == "n0"
    assert [box.address for box in picture_of(NAME, known).boxes][0] == "n0"
    (plan, *_) = plan_graph(NAME, whole.nodes, []).nodes
    assert type(plan.target) in typing.get_args(planned.Target)
    assert gate_positions(plan_graph(NAME, whole.nodes, []), Program()) == ((0,) if kind == "gate_node" else ())
    others = [made() for name, made in SAMPLES.items() if name != kind]
    assert all("node-target" in rules_of_changes(known, index(template(other))) for other in others)


def test_each_kind_is_planned_as_one_of_its_own():
    targets = {type(plan_graph(NAME, [made()], []).nodes[0].target) for made in SAMPLES.values()}
    assert targets == {*typing.get_args(planned.Target)}


def test_a_node_without_a_kind_is_refused():
    with pytest.raises(DrawloomError) as caught:
        plan_graph(NAME, [pb.Node(id="n0")], [])
    assert caught.value.expected == "a task, workflow, branch, gate or array"
    assert pretty(pb.Node(id="n0")) == "n0 = unset()"
    assert "node-target-unset" in {each.rule for each in verify(pb.WorkflowSpec(template=template(pb.Node(id="n0"))))}


def test_what_a_node_runs():
    assert entity_of_node(task_node()).name == "m.t"
    assert entity_of_node(workflow_node()).name == "m.sub"
    assert [entity_of_node(made()) for made in (branch_node, gate_node, array_node, pb.Node)] == [None] * 4
    assert [*references(pb.Node(task_node=pb.TaskNode()))] == []
    assert entity_of_node(pb.Node(task_node=pb.TaskNode())) == pb.Identifier()
    plan = identifier(pb.ResourceType.LAUNCH_PLAN, "m.plan")
    assert workflow_reference(pb.WorkflowNode(launchplan_ref=plan)) == plan
    assert workflow_reference(pb.WorkflowNode()) == pb.Identifier()
    assert [inner(made(), "x") for made in (task_node, workflow_node, gate_node, pb.Node)] == [()] * 4


def test_a_planned_kind_that_nobody_asks_for_is_a_fault():
    with pytest.raises(AssertionError, match="a kind"):
        assert_never("a kind")
