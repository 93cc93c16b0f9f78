from __future__ import annotations

import functools
import typing

import pytest

from compiler import (
    Emitter,
    LaunchPlan,
    Resources,
    SerializationSettings,
    compile_bundle,
    dynamic,
    map_task,
    map_task_resolver,
    reference_task,
    task,
    workflow,
)
from compiler_cases import control_cases as t
from drawloom.ir import check, verify

SETTINGS = SerializationSettings(project="p", domain="d", version="v")


def array(wf, index=0):
    check(compile_bundle([wf], SETTINGS).bundle)
    return Emitter(SETTINGS).workflow_spec(wf).template.nodes[index]


def test_a_map_has_lists_outside_and_elements_inside():
    mapped = map_task(t.inc)
    assert mapped.python_interface.inputs == {"n": typing.List[int]}
    assert mapped.python_interface.outputs == {"o0": typing.List[int]}
    assert mapped.element_interface.inputs == {"n": int}
    assert mapped.execute(n=3) == 4


def test_limits_are_written_each_in_its_own_field():
    @workflow
    def wf(xs: list[int]) -> list[int]:
        a = map_task(t.inc, concurrency=3, run_all_sub_nodes=True)(n=xs)
        b = map_task(t.inc, min_successes=2, concurrency=0)(n=a)
        return map_task(t.inc)(n=b)

    first, second, third = Emitter(SETTINGS).workflow_spec(wf).template.nodes
    assert (first.array_node.parallelism, first.array_node.run_all_sub_nodes) == (3, True)
    assert second.array_node.WhichOneof("success_criteria") == "min_successes"
    assert second.array_node.HasField("parallelism")
    assert third.array_node.min_success_ratio == 1.0
    assert not third.array_node.HasField("parallelism")


def test_a_ratio_makes_the_elements_optional():
    assert map_task(t.inc, min_success_ratio=0.5).python_interface.outputs == {"o0": typing.List[typing.Optional[int]]}
    assert map_task(t.inc, min_success_ratio=1.0).python_interface.outputs == {"o0": typing.List[int]}


def test_bound_values_are_passed_whole():
    @workflow
    def wf(xs: list[int], k: int) -> list[int]:
        return map_task(functools.partial(t.add, b=k))(a=xs, c=[1, 2])

    node = array(wf)
    assert list(node.array_node.bound_inputs) == ["b"]
    assert [binding.var for binding in node.inputs] == ["a", "b", "c"]
    assert {b.var for b in node.array_node.node.inputs} == {"a", "b", "c"}
    assert map_task(t.add, bound_inputs_values={"b": 1}).bound_inputs == {"b"}
    assert map_task(functools.partial(t.add, 5)).bound_inputs == {"a"}


def test_overrides_belong_to_one_node_and_go_to_the_element():
    mapped = map_task(t.inc)

    @workflow
    def one(xs: list[int]) -> list[int]:
        return mapped(n=xs).with_overrides(retries=3, requests=Resources(mem="1Gi"))

    @workflow
    def other(xs: list[int]) -> list[int]:
        return mapped(n=xs)

    first, second = array(one), array(other)
    assert first.metadata.retries.retries == 0
    assert first.array_node.node.metadata.retries.retries == 3
    assert first.array_node.node.task_node.overrides.resources.requests[0].value == "1Gi"
    assert second.array_node.node.metadata.retries.retries == 0
    assert not second.array_node.node.task_node.overrides.HasField("resources")


def test_equal_names_mean_equal_templates():
    emitter = Emitter(SETTINGS)
    one, other = map_task(t.inc), map_task(t.inc, run_all_sub_nodes=True)
    assert one.name == other.name
    assert emitter.task_template(one) == emitter.task_template(other)
    assert map_task(t.inc, concurrency=2).name != one.name
    assert map_task(functools.partial(t.add, b=1)).name != map_task(t.add).name


def test_two_maps_of_one_target_are_written_once():
    @workflow
    def wf(xs: list[int]) -> list[int]:
        return map_task(t.inc)(n=map_task(t.inc)(n=xs))

    bundle = compile_bundle([wf], SETTINGS).bundle
    check(bundle)


def test_the_resolver_leads_back_to_the_map():
    mapped = map_task(functools.partial(t.add, b=1))
    args = map_task_resolver.loader_args(SETTINGS, mapped)
    assert args[:4] == ["vars", "b", "resolver", "compiler.default_task_resolver"]
    found = map_task_resolver.load_task(args)
    assert found.run_task is t.add
    assert found.bound_inputs == {"b"}
    with pytest.raises(ValueError, match="loader arguments"):
        map_task_resolver.load_task(["a"])


def test_launch_plans_workflows_and_references_are_mapped_by_themselves():
    @workflow
    def sub(n: int, k: int = 2) -> int:
        return t.add(a=n, b=k)

    plan = LaunchPlan.get_or_create(sub, "map.plan", fixed_inputs={"k": 5})

    @reference_task(project="rp", domain="rd", name="remote.t", version="1")
    def ref(n: int) -> int: ...

    @workflow
    def wf(xs: list[int]) -> list[int]:
        a = map_task(plan)(n=xs)
        b = map_task(ref, min_successes=1)(n=a)
        return map_task(functools.partial(sub, k=3))(n=b)

    first, second, third = Emitter(SETTINGS).workflow_spec(wf).template.nodes
    assert first.array_node.node.workflow_node.launchplan_ref.name == "map.plan"
    assert first.array_node.is_original_sub_node_interface.value is True
    assert first.array_node.execution_mode == 1
    assert second.array_node.node.task_node.reference_id.name == "remote.t"
    assert second.array_node.data_mode == 1
    assert second.array_node.min_successes == 1
    assert third.array_node.node.workflow_node.launchplan_ref.name == sub.name
    assert list(third.array_node.bound_inputs) == ["k"]


def test_settings_of_the_target_are_those_of_each_element():
    made = Emitter(SETTINGS).task_template(map_task(settled))
    assert made.task_type_version == 1
    assert made.metadata.retries.retries == 2
    assert made.container.args[0] == "drawloom-map-execute"
    assert Emitter(SETTINGS).task_template(settled).container.args[0] == "drawloom-execute"


@task(retries=2)
def settled(n: int) -> int:
    return n


@dynamic
def dyn(n: int) -> int:
    return t.inc(n=n)


@pytest.mark.parametrize(
    "make",
    [
        lambda: map_task(5),
        lambda: map_task(dyn),
        lambda: map_task(t.two),
        lambda: map_task(t.inc, concurrency=-1),
        lambda: map_task(t.inc, min_success_ratio=1.5),
        lambda: map_task(t.inc, bound_inputs_values={"zz": 1}),
        lambda: map_task(functools.partial(t.inc, zz=1)),
        lambda: map_task(t.add)(a=[1, 2], b=[1]),
    ],
)
def test_maps_that_cannot_be_are_refused(make):
    with pytest.raises((ValueError, AssertionError)):
        make()


def test_a_single_value_where_a_list_belongs_is_refused_at_the_line():
    @workflow
    def wf(n: int) -> list[int]:
        return map_task(t.inc)(n=n)

    with pytest.raises(AssertionError):
        wf.compile()


def test_a_container_runs_the_element_that_it_is_numbered_for(monkeypatch):
    from drawloom.context import ExecutionMode, ExecutionState, using
    from literals import pb

    mapped = map_task(functools.partial(t.add, b=10))
    inputs = pb.LiteralMap()
    inputs.literals["b"].scalar.primitive.integer = 10
    for name in ("a", "c"):
        for value in (1, 2, 3):
            inputs.literals[name].collection.literals.add().scalar.primitive.integer = value
    monkeypatch.setenv("BATCH_JOB_ARRAY_INDEX_VAR_NAME", "SOME_INDEX")
    monkeypatch.setenv("BATCH_JOB_ARRAY_INDEX_OFFSET", "1")
    monkeypatch.setenv("SOME_INDEX", "1")
    with using(execution=ExecutionState("unused", mode=ExecutionMode.TASK_EXECUTION)):
        assert mapped.dispatch_execute(None, inputs).literals["o0"].scalar.primitive.integer == 3 + 10 + 3
    with pytest.raises(AssertionError, match="no element 7"):
        mapped.element_of(inputs, 7)


def test_a_list_that_is_offloaded_is_fetched_for_its_element(tmp_path):
    from drawloom.context import FileAccessProvider, using
    from literals import parse, pb
    from typeengine import TypeEngine, offloaded

    mapped = map_task(t.inc)
    hint = list[int]
    literal_type = TypeEngine.to_literal_type(hint)
    with using(file_access=FileAccessProvider(tmp_path / "s", str(tmp_path / "raw"))):
        data = TypeEngine.to_literal(None, [4, 5], hint, literal_type).SerializeToString()
        inputs = pb.LiteralMap()
        inputs.literals["n"].CopyFrom(parse(pb.Literal, offloaded(data, literal_type)))
        assert mapped.element_of(inputs, 1).literals["n"].scalar.primitive.integer == 5


def test_that_all_calls_are_made_is_said_of_maps_over_any_entity():
    def runs(a: int) -> int:
        return t.inc(n=a)

    for target in (t.inc, LaunchPlan.get_or_create(workflow(runs), "mapped_plan")):
        assert map_task(target).run_all_sub_nodes is False
        assert map_task(target, run_all_sub_nodes=True).run_all_sub_nodes is True


def test_two_maps_of_one_name_with_other_settings_are_refused_where_they_meet():
    from compiler import TaskMetadata

    @workflow
    def wf(xs: list[int]) -> list[int]:
        return map_task(t.inc, metadata=TaskMetadata(retries=2))(n=map_task(t.inc)(n=xs))

    with pytest.raises(AssertionError, match="one name|have the name"):
        compile_bundle([wf], SETTINGS)


def test_an_input_that_the_mapped_plan_fixes_is_no_input_of_the_map():
    @workflow
    def sub(n: int, k: int = 2) -> int:
        return t.add(a=n, b=k)

    plan = LaunchPlan.get_or_create(sub, "map.fixed", fixed_inputs={"k": 5})

    @workflow
    def wf(xs: list[int]) -> list[int]:
        return map_task(plan)(n=xs)

    message = compile_bundle([wf]).bundle
    assert verify(message) == ()
    [template] = [w.primary.template for w in message.workflows if w.primary.template.id.name == wf.name]
    binding = template.nodes[0].inputs.add(var="k")
    binding.binding.CopyFrom(template.nodes[0].inputs[0].binding)
    assert [problem.rule for problem in verify(message)] == ["input-unknown"]
