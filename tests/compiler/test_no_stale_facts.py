"""What changes after a first look is seen at the next: metadata, steps of a workflow, classes defined further down."""

from __future__ import annotations

from dataclasses import dataclass

from compiler import Emitter, ImperativeWorkflow, LaunchPlan, SerializationSettings, conditional, task, workflow
from compiler.graph import member_path
from compiler_cases import control_cases as t
from drawloom.ir import verify

SETTINGS = SerializationSettings(project="p", domain="d", version="v")


def nodes(entity):
    return Emitter(SETTINGS).workflow_template(entity).nodes


def test_settings_of_a_task_that_are_changed_are_those_of_its_nodes():
    @task(retries=1)
    def changed(n: int) -> int:
        return n

    @workflow
    def wf(n: int) -> int:
        return changed(n=n)

    assert nodes(wf)[0].metadata.retries.retries == 1
    changed.metadata.retries = 7
    assert nodes(wf)[0].metadata.retries.retries == 7
    assert Emitter(SETTINGS).task_template(changed).metadata.retries.retries == 7


def test_a_launch_plan_takes_what_its_workflow_takes_now():
    wb = ImperativeWorkflow(name="stale.plan")
    wb.add_entity(t.inc, n=wb.add_workflow_input("n", int))
    plan = LaunchPlan.get_or_create(wb, "stale.plan_of")
    assert list(plan.python_interface.inputs) == ["n"]
    wb.add_entity(t.inc, n=wb.add_workflow_input("m", int))
    assert list(plan.python_interface.inputs) == ["n", "m"]


class Late:
    """Stands for a class whose module has not come to the end yet."""


def test_a_field_whose_class_is_defined_further_down_has_its_type_then(monkeypatch):
    @dataclass
    class Holder:
        part: NotYet  # noqa: F821 - that is the case

    assert member_path.record_fields(Holder) == {"part": member_path.ANYTHING}
    monkeypatch.setitem(globals(), "NotYet", Late)
    assert member_path.record_fields(Holder) == {"part": Late}


@task
def document() -> dict:
    return {}


def test_a_condition_tells_places_apart_whose_steps_read_alike():
    @workflow
    def wf() -> int:
        made = document()
        whole = made["a.b"] == 1
        parts = made["a"]["b"] == 2
        return conditional("c").if_(whole & parts).then(t.inc(n=1)).else_().then(t.inc(n=2))

    branch = next(node for node in nodes(wf) if node.HasField("branch_node"))
    names = [binding.var for binding in branch.inputs]
    assert len(names) == len(set(names)) == 2
    read = branch.branch_node.if_else.case.condition.conjunction
    operands = [side.comparison.left_value.var for side in (read.left_expression, read.right_expression)]
    assert sorted(operands) == sorted(names)
    paths = {b.var: [step.string_value for step in b.binding.promise.attr_path] for b in branch.inputs}
    assert [paths[name] for name in operands] == [["a.b"], ["a", "b"]]
    assert verify(Emitter(SETTINGS).workflow_template(wf)) == ()


def test_a_workflow_that_got_another_step_is_run_with_it():
    import drawloom  # its runner

    wb = drawloom.Workflow(name="stale.run")
    first = wb.add_entity(t.inc, n=wb.add_workflow_input("n", int))
    wb.add_workflow_output("o0", first.outputs["o0"])

    @drawloom.workflow
    def outer(n: int) -> int:
        return wb(n=n)

    assert wb(n=1) == outer(n=1) == 2
    second = wb.add_entity(t.inc, n=first.outputs["o0"])
    wb.add_workflow_output("o1", second.outputs["o0"])
    assert tuple(wb(n=1)) == (2, 3)
    first.with_overrides(name="renamed")
    assert outer(n=1) == 2
