from __future__ import annotations

import pytest

from compiler import Emitter, ImperativeWorkflow, SerializationSettings, WorkflowFailurePolicy, compile_bundle, task
from compiler_cases import control_cases as t
from drawloom.ir import check

SETTINGS = SerializationSettings(project="p", domain="d", version="v")


@task
def cleanup(x: int) -> None:
    del x


def built():
    wb = ImperativeWorkflow(name="imp.wf", failure_policy=WorkflowFailurePolicy.FAIL_AFTER_EXECUTABLE_NODES_COMPLETE)
    x = wb.add_workflow_input("x", int)
    a = wb.add_entity(t.inc, n=x)
    b = wb.add_task(t.add, a=a.outputs["o0"], b=a.o0)
    a >> b
    wb.add_workflow_output("sum", b.o0)
    wb.add_workflow_output("both", [a.o0, b.o0], python_type=list[int])
    wb.add_on_failure_handler(cleanup)
    return wb


def test_calls_make_the_same_graph_as_a_function():
    wb = built()
    check(compile_bundle([wb], SETTINGS).bundle)
    made = Emitter(SETTINGS).workflow_spec(wb)
    assert [node.id for node in made.template.nodes] == ["n0", "n1"]
    assert [output.var for output in made.template.outputs] == ["sum", "both"]
    assert made.template.failure_node.id == "efn"
    assert made.template.metadata.on_failure == 1
    assert not made.HasField("description")
    assert wb.ready()


def test_a_conditional_takes_the_calls_of_its_arms():
    wb = ImperativeWorkflow(name="imp.cond")
    x = wb.add_workflow_input("x", int)
    r = wb.create_conditional("c").if_(x > 1).then(t.inc(n=x)).else_().then(t.inc(n=t.double(n=x)))
    wb.add_workflow_output("o", r)
    check(compile_bundle([wb], SETTINGS).bundle)
    assert len(wb.nodes) == 1
    with pytest.raises(AssertionError, match="workflow context"):
        from compiler import conditional

        conditional("outside")


def test_an_if_alone_lets_go_of_the_workflow():
    from compiler import conditional

    wb = ImperativeWorkflow(name="imp.if")
    x = wb.add_workflow_input("x", int)
    wb.create_conditional("c").if_(x > 1).then(t.inc(n=x))
    with pytest.raises(AssertionError, match="workflow context"):
        conditional("outside")
    wb.add_entity(t.inc, n=x)
    assert len(wb.nodes) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        lambda wb: wb.add_workflow_input("x", int),
        lambda wb: wb.add_workflow_output("sum", wb.nodes[0].o0),
        lambda wb: wb.add_workflow_output("o", [wb.nodes[0].o0]),
        lambda wb: wb.add_workflow_output("o", wb.nodes[0].o0, python_type=str),
        lambda wb: wb.add_entity(t.inc),
        lambda wb: wb.add_entity(t.inc, zz=1),
        lambda wb: wb.add_entity(t.inc, n="x"),
        lambda wb: wb.add_on_failure_handler(cleanup),
    ],
)
def test_mistakes_are_raised_by_the_call_that_makes_them(wrong):
    wb = built()
    with pytest.raises(AssertionError):
        wrong(wb)
    assert len(wb.nodes) == 2


def test_a_workflow_that_is_not_ready_is_not_run():
    wb = ImperativeWorkflow(name="imp.unready")
    wb.add_workflow_input("x", int)
    wb.add_entity(t.silent, n=1)
    assert not wb.ready()
    with pytest.raises(AssertionError, match="not ready"):
        wb(x=3)
    Emitter(SETTINGS).workflow_spec(wb)


def test_a_workflow_can_grow_after_it_was_compiled():
    wb = ImperativeWorkflow(name="imp.grows")
    a = wb.add_entity(t.silent, n=1)
    b = wb.add_entity(t.silent, n=2)
    compile_bundle([wb], SETTINGS)
    a >> b
    nodes = Emitter(SETTINGS).workflow_spec(wb).template.nodes
    assert list(nodes[1].upstream_node_ids) == ["n0"]


def test_an_output_of_a_call_inside_an_arm_is_refused():
    wb = ImperativeWorkflow(name="imp.foreign")
    x = wb.add_workflow_input("x", int)
    kept = []

    def keep(promise):
        kept.append(promise)
        return promise

    wb.create_conditional("c").if_(x > 1).then(t.inc(n=keep(t.inc(n=x)))).else_().then(t.inc(n=x))
    wb.add_workflow_output("o", kept[0])
    with pytest.raises(AssertionError, match="arm of a conditional"):
        wb.graph()
