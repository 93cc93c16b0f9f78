"""What the compiler writes by templates is what the messages say: canonical, right by every rule, connected as they are."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

import flow_builder
from compiler import compile_bundle
from drawloom.ir import CONSTANT, INPUTS, check, connections, key, upstream, verify
from literals import pb
from strategies.workflows import KINDS, flows

SETTINGS = settings(
    max_examples=max(1, settings.default.max_examples // 2), deadline=None, suppress_health_check=list(HealthCheck)
)


def templates(bundle):
    for closure in bundle.workflows:
        yield from (closure.primary, *closure.sub_workflows)


@SETTINGS
@given(flows(kinds=KINDS))
def test_a_compiled_workflow_breaks_no_rule_and_is_canonical(flow):
    made = compile_bundle([flow_builder.build(flow)])
    assert verify(made.bundle) == ()
    assert made.bundle.SerializeToString(deterministic=True) == made.data
    for name, kind, spec in made.specs:
        assert (name, kind, spec.SerializeToString(deterministic=True)) in made.written
    for compiled in templates(made.bundle):
        assert compiled.connections == connections(compiled.template)


@SETTINGS
@given(flows(kinds=KINDS))
def test_the_rows_of_a_workflow_say_what_its_nodes_say(flow):
    bundle = compile_bundle([flow_builder.build(flow)]).bundle
    rows = check(bundle)
    for template in (compiled.template for compiled in templates(bundle)):
        found = rows[key(template.id)]
        ids = [node.id for node in template.nodes]
        assert found.ids == ids
        for at, node in enumerate(template.nodes):
            assert (found.tasks[at], found.workflows[at], found.metadata[at]) == (
                node.task_node.SerializeToString(),
                node.workflow_node.SerializeToString(),
                node.metadata.SerializeToString(),
            )
            if found.inputs[at] is None:
                continue
            assert node.WhichOneof("target") in {"task_node", "workflow_node"}
            assert found.waits[at] == tuple(sorted(ids.index(up) for up in upstream(node)))
            assert [edge(binding, ids) for binding in node.inputs] == list(found.inputs[at])


def edge(binding, ids):
    data = binding.binding
    if data.HasField("promise") and not data.promise.attr_path:
        source = data.promise.node_id
        return binding.var, ids.index(source) if source else INPUTS, data.promise.var
    return binding.var, CONSTANT, binding.SerializeToString()


def test_rows_of_a_long_workflow_are_all_read_at_sight():
    import flow_tasks as t
    from drawloom import workflow

    def body(x: int) -> int:
        for _ in range(300):
            x = t.add(a=x, b=x, token="t")
        return t.scale(a=x, k=3, token="t")

    body.__module__ = "flow_tasks"
    data = compile_bundle([workflow(body)]).data
    bundle = pb.Bundle.FromString(data)
    (found,) = check(bundle, size=len(data)).values()
    assert None not in found.inputs
    assert found.waits[0] == ()
    assert found.waits[300] == (299,)
