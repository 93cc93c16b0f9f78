"""The check by columns and the rules themselves find the same, on every golden and on every message that breaks a rule."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from google.protobuf import text_format

from drawloom.ir import bundle_from_specs, check, verify
from drawloom.ir.entity_index import EntityIndex, signature
from drawloom.ir.fast_check import FastCheck
from drawloom.ir.keys import key as ir_key
from drawloom.ir.node_columns import read_columns
from drawloom.ir.node_rules import check_node, check_nodes
from drawloom.ir.problems import Diagnostics
from literals import pb

FILES = sorted((Path(__file__).parents[2] / "conformance" / "data").glob("*.textproto"))
ID_RULES = {"cycle", "node-id-duplicate", "node-id-missing", "node-id-reserved"}
IDENTIFIER = pb.Identifier(resource_type=1, project="p", domain="d", name="m.t", version="v")


def variables(**names):
    return pb.VariableMap(variables={n: pb.Variable(type=pb.LiteralType(simple=kind)) for n, kind in names.items()})


TASK = pb.TaskTemplate(
    id=IDENTIFIER,
    type="python-task",
    interface=pb.TypedInterface(inputs=variables(a=1, b=3), outputs=variables(o=1, t=3)),
)


def promise(node, var, path=()):
    steps = [pb.PromiseAttribute(int_value=step) for step in path]
    return pb.BindingData(promise=pb.OutputReference(node_id=node, var=var, attr_path=steps))


def text(value):
    return pb.BindingData(scalar=pb.Scalar(primitive=pb.Primitive(string_value=value)))


def template(count=6):
    """A chain in which everything is right, so that one change breaks at most one thing."""
    nodes = []
    for at in range(count):
        before = f"n{at - 1}" if at else ""
        inputs = [
            pb.Binding(var="a", binding=promise(before, "o" if before else "x")),
            pb.Binding(var="b", binding=text("é") if at % 2 else promise(before, "t" if before else "y")),
        ]
        waits = [before] if before else []
        target = pb.TaskNode(reference_id=IDENTIFIER)
        nodes.append(pb.Node(id=f"n{at}", inputs=inputs, upstream_node_ids=waits, task_node=target))
    return pb.WorkflowTemplate(
        id=pb.Identifier(resource_type=2, name="m.wf"),
        interface=pb.TypedInterface(inputs=variables(x=1, y=3), outputs=variables(r=1)),
        nodes=nodes,
        outputs=[pb.Binding(var="r", binding=promise(f"n{count - 1}", "o"))],
    )


def by_rules(wf, index):
    """What the rules say when they look at every node, those of ids and order left out."""
    diagnostics = Diagnostics()
    scope, _ = check_nodes(wf.nodes, raw(wf), signature(wf.interface).inputs, FastCheck(index), Diagnostics())
    for node in wf.nodes:
        check_node(node, scope, index, diagnostics.at(node.id), 0)
    return set(diagnostics.found)


def at_sight(wf, index):
    diagnostics = Diagnostics()
    check_nodes(wf.nodes, raw(wf), signature(wf.interface).inputs, FastCheck(index), diagnostics)
    return {problem for problem in diagnostics.found if problem.rule not in ID_RULES}


def raw(wf):
    return [node.SerializeToString() for node in wf.nodes]


def known():
    index = EntityIndex()
    index.add_tasks([TASK])
    return index


def test_the_chain_is_right():
    assert verify(template(), [TASK]) == ()
    assert verify(template(1), [TASK]) == ()
    assert verify(template(0), [TASK])[0].rule == "binding-unknown-node"
    ((_, rows),) = check(template(), [TASK]).items()
    assert None not in rows.inputs


def test_the_targets_of_tasks_workflows_and_plans_are_found_at_sight():
    """Without a target a node is left to the rules, which are slower and find the same."""
    inner, plan = pb.Identifier(resource_type=2, name="m.inner"), pb.Identifier(resource_type=3, name="m.plan")
    index = known()
    index.add_workflows([pb.WorkflowTemplate(id=inner, interface=TASK.interface)])
    index.templates[ir_key(plan)] = pb.LaunchPlanTemplate(id=plan, interface=TASK.interface)
    nodes = [
        pb.Node(id="n0", task_node=pb.TaskNode(reference_id=IDENTIFIER)),
        pb.Node(id="n1", workflow_node=pb.WorkflowNode(sub_workflow_ref=inner)),
        pb.Node(id="n2", workflow_node=pb.WorkflowNode(launchplan_ref=plan)),
        pb.Node(id="n3", workflow_node=pb.WorkflowNode(launchplan_ref=inner)),
        pb.Node(id="n4", workflow_node=pb.WorkflowNode(sub_workflow_ref=plan)),
    ]
    found = FastCheck(index).targets(read_columns([node.SerializeToString() for node in nodes]))
    assert [target is not None for target in found] == [True, True, True, False, False]


CHANGES = {
    "another input": lambda node, draw: setattr(node.inputs[0], "var", draw(["b", "c", "", "a"])),
    "another node": lambda node, draw: setattr(node.inputs[0].binding.promise, "node_id", draw(["n0", "n5", "n9", ""])),
    "another output": lambda node, draw: setattr(node.inputs[0].binding.promise, "var", draw(["t", "q", "", "x"])),
    "a path": lambda node, draw: node.inputs[0].binding.promise.attr_path.add(),
    "an input less": lambda node, draw: node.inputs.pop(),
    "an input twice": lambda node, draw: node.inputs.append(node.inputs[0]),
    "nothing bound": lambda node, draw: node.inputs[0].ClearField("binding"),
    "an empty binding": lambda node, draw: node.inputs.add(),
    "a wrong constant": lambda node, draw: node.inputs[0].binding.CopyFrom(text("no number")),
    "a list": lambda node, draw: node.inputs[0].binding.collection.bindings.add(),
    "waits for itself": lambda node, draw: node.upstream_node_ids.append(node.id),
    "waits for another": lambda node, draw: node.upstream_node_ids.append(draw(["n0", "n5", "n9", ""])),
    "another id": lambda node, draw: setattr(node, "id", draw(["n0", "", "start-node", "ü", "n" * 200])),
    "a time before": lambda node, draw: setattr(node.metadata.timeout, "seconds", draw([-1, 1])),
    "an empty target": lambda node, draw: node.task_node.ClearField("reference_id"),
    "no target": lambda node, draw: node.ClearField("task_node"),
    "a foreign task": lambda node, draw: setattr(node.task_node.reference_id, "name", draw(["m.other", ""])),
    "a workflow": lambda node, draw: setattr(node.task_node.reference_id, "resource_type", draw([0, 2, 3])),
    "a sub-workflow": lambda node, draw: node.workflow_node.sub_workflow_ref.CopyFrom(
        draw([IDENTIFIER, pb.Identifier()])
    ),
    "a plan": lambda node, draw: node.workflow_node.launchplan_ref.CopyFrom(
        pb.Identifier(resource_type=3, name=draw(["p", ""]))
    ),
    "a gate": lambda node, draw: setattr(node.gate_node.approve, "signal_id", draw(["", "s"])),
    "a branch": lambda node, draw: node.branch_node.if_else.case.then_node.CopyFrom(
        pb.Node.FromString(node.SerializeToString())
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_node_is_judged_as_the_rules_judge_it(change):
    source = random.Random(change)
    for place in range(6):
        for _ in range(4):
            wf = template()
            CHANGES[change](wf.nodes[place], source.choice)
            assert at_sight(wf, known()) == by_rules(wf, known()), wf


def test_several_changes_are_judged_as_the_rules_judge_them():
    source = random.Random(7)
    for _ in range(400):
        wf = template(source.choice([1, 2, 6, 9]))
        for _ in range(source.choice([2, 3])):
            node = source.choice(wf.nodes)
            if node.inputs and node.HasField("task_node"):
                CHANGES[source.choice(sorted(CHANGES))](node, source.choice)
        assert at_sight(wf, known()) == by_rules(wf, known()), wf


def test_a_workflow_without_inputs_of_a_dynamic_job_reads_none():
    nodes = template(2).nodes
    job = pb.DynamicJobSpec(nodes=nodes, min_successes=2, tasks=[TASK])
    assert {problem.rule for problem in verify(job)} == {"binding-unknown-node"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_message_that_breaks_a_rule_is_judged_as_the_rules_judge_it(path):
    head = dict(line[2:].split(": ", 1) for line in path.read_text().splitlines() if line.startswith("# message:"))
    message = text_format.Parse(path.read_text(), getattr(pb, head["message"])())
    if isinstance(message, pb.WorkflowSpec):
        message = bundle_from_specs(workflows=[message])
    if not isinstance(message, pb.Bundle):
        return
    index = EntityIndex()
    for closure in message.workflows:
        index.add_workflows([closure.primary.template, *(sub.template for sub in closure.sub_workflows)])
        index.add_tasks([task.template for task in closure.tasks])
    for wf in list(index.workflows.values()):
        assert at_sight(wf, index) == by_rules(wf, index)
