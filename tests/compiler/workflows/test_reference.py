from __future__ import annotations

import pytest

from compiler import (
    Emitter,
    NotRunnableError,
    ReferenceTask,
    SerializationSettings,
    compile_bundle,
    get_reference_entity,
    reference_launch_plan,
    reference_task,
    reference_workflow,
    with_dependencies,
    workflow,
)
from compiler_cases import control_cases as t
from literals import DrawloomError, pb

SETTINGS = SerializationSettings(project="p", domain="d", version="v")


@reference_task(project="rp", domain="rd", name="remote.module.task", version="abc")
def ref_task(n: int) -> int: ...


@reference_launch_plan(project="rp", domain="rd", name="remote.lp", version="1.0")
def ref_plan(n: int, k: int = 3) -> tuple[int, str]: ...


@reference_workflow(project="rp", domain="rd", name="remote.wf", version="2")
def ref_workflow(n: int) -> int:
    return 1


other = get_reference_entity(1, "rp", "rd", "remote.other", "v3", inputs={"n": int}, outputs={"y": float})


@workflow
def wf(n: int) -> tuple[int, str, float]:
    a = ref_task(n=t.inc(n=n))
    b, c = ref_plan(n=a)
    return ref_workflow(n=b), c, other(n=a)


def test_nodes_point_to_the_identifier_and_nothing_is_written():
    nodes = Emitter(SETTINGS).workflow_spec(wf).template.nodes
    assert nodes[1].task_node.reference_id.version == "abc"
    assert not nodes[1].task_node.HasField("overrides")
    assert nodes[2].workflow_node.launchplan_ref.name == "remote.lp"
    assert nodes[3].workflow_node.launchplan_ref.name == "remote.wf"
    assert nodes[4].metadata.name == "other"
    assert {entity.name for entity in with_dependencies([wf])} == {t.inc.name, wf.name}
    compile_bundle([wf], SETTINGS)


def test_a_stub_runs_in_the_place_of_the_entity():
    made = ReferenceTask("p", "d", "n", "v", {"n": int}, {"o0": int})
    with pytest.raises(NotRunnableError, match="stub"):
        made.execute(n=1)
    made.stub = lambda n: n + 5
    inputs = pb.LiteralMap()
    inputs.literals["n"].scalar.primitive.integer = 1
    assert made.unwrap_literal_map_and_execute(None, inputs).literals["o0"].scalar.primitive.integer == 6
    assert made.id.name == "n"


@pytest.mark.parametrize(
    "make",
    [
        lambda: get_reference_entity(9, "p", "d", "n", "v", {}, {}),
        lambda: ReferenceTask("p", "d", "", "v", {}, {}),
        lambda: ReferenceTask("p", None, "n", "v", {}, {}),
    ],
)
def test_references_that_name_nothing_are_refused(make):
    with pytest.raises(DrawloomError):
        make()


def test_a_reference_has_no_place_for_resources():
    from compiler import Resources

    @workflow
    def wrong(n: int) -> int:
        return ref_task(n=n).with_overrides(requests=Resources(cpu="1"))

    with pytest.raises(ValueError, match="no place"):
        wrong.compile()


def test_a_call_outside_a_workflow_is_the_stubs():
    made = ReferenceTask("p", "d", "n", "v", {"n": int}, {"o0": int})
    made.stub = lambda n: n + 5
    assert made(3) == made(n=3) == 8
    assert ref_workflow.reference.id.resource_type == 2
    with pytest.raises(NotRunnableError, match="mock this out"):
        ref_plan(1)
