"""Modules that show defects of flytekit 1.16.31: drawloom compiles them, and what is right about it is said here."""

from __future__ import annotations

import golden_workflows
from compiler import compile_bundle, declared_in


def compiled(name):
    module = golden_workflows.load(name)
    specs = {
        (entity.rpartition(".")[2], kind): spec for entity, kind, spec in compile_bundle(list(declared_in(name))).specs
    }
    return module, specs


def only(specs, kind):
    return [spec for (_, k), spec in specs.items() if k == kind]


def test_b01_an_io_strategy_is_written():
    _, specs = compiled("b01_container_io_strategy")
    (task,) = only(specs, 1)
    assert task.template.container.data_config.HasField("io_strategy")


def test_b03_an_async_task_can_be_called_in_a_workflow():
    _, specs = compiled("b03_async_in_workflow")
    assert [node.metadata.name for node in specs["wf", 2].template.nodes] == ["double"]


def test_b04_a_referenced_workflow_is_started_by_its_launch_plan():
    _, specs = compiled("b04_reference_subworkflow")
    reference = specs["wf", 2].template.nodes[0].workflow_node.launchplan_ref
    assert (reference.project, reference.name, reference.version) == ("rp", "remote.wf", "1")


def test_b05_a_recursive_dataclass_has_a_finite_type():
    _, specs = compiled("b05_recursive_dataclass")
    assert specs["t", 1].ByteSize() < 10_000


def test_b06_a_schedule_given_as_a_trigger_is_written():
    _, specs = compiled("b06_trigger")
    assert specs["b06_lp", 3].spec.entity_metadata.schedule.rate.value == 1


def test_b09_a_function_that_only_raises_may_declare_outputs():
    module, _ = golden_workflows.load("b09_raise_only_task"), None
    assert module.build_plain().name.endswith(".body")
    assert module.build_comment().endswith(".with_comment")
    assert module.build_from_exec().task_function(3) == 3


def test_b10_an_override_of_one_call_does_not_reach_another():
    _, specs = compiled("b10_shared_map_task")
    retries = [specs[name, 2].template.nodes[0].array_node.node.metadata.retries.retries for name in ("wf_a", "wf_b")]
    assert retries == [3, 0]


def test_b11_maps_that_differ_in_node_options_share_one_template_and_differ_in_their_nodes():
    _, specs = compiled("b11_same_name_map")
    nodes = specs["wf", 2].template.nodes
    assert len({node.array_node.node.task_node.reference_id.name for node in nodes}) == len(only(specs, 1)) - 1
    assert [node.array_node.run_all_sub_nodes for node in nodes] == [False, True]


def test_b12_an_arm_is_bound_to_the_node_before_the_conditional():
    _, specs = compiled("b12_branch_self_reference")
    branch = specs["wf", 2].template.nodes[2]
    arm = branch.branch_node.if_else.case.then_node
    assert arm.inputs[0].binding.promise.node_id == "n1" != branch.id


def test_b16_two_attributes_of_one_output_are_two_operands():
    _, specs = compiled("b16_cond_attr_collision")
    branch = specs["wf", 2].template.nodes[1]
    paths = {binding.var: binding.binding.promise.attr_path[0].string_value for binding in branch.inputs}
    assert sorted(paths.values()) == ["a", "b"]


def test_b18_void_and_reference_arms_compile():
    _, specs = compiled("b18_cond_void_and_reference")
    case = specs["wf_void_override", 2].template.nodes[0].branch_node.if_else.case
    assert case.then_node.metadata.retries.retries == 2
    other = specs["wf_ref_branch", 2].template.nodes[0].branch_node.if_else.else_node
    assert other.task_node.reference_id.name == "remote.r"


def test_b21_inputs_may_have_any_name():
    module = golden_workflows.load("b21_reserved_input_names")
    assert module.t_ctx.python_interface.inputs == {"ctx": int}
    _, specs = compiled("b21_reserved_input_names")
    assert list(specs["t_entity", 1].template.interface.inputs.variables) == ["entity"]


def test_b23_an_imperative_workflow_takes_conditionals():
    module = golden_workflows.load("b23_imperative_conditional")
    assert module.build() == ["n0"]


def test_b27_ordering_after_several_outputs_or_none_adds_the_edge():
    _, specs = compiled("b27_multi_output_ordering")
    for name in ("wf_pair_first", "wf_pair_runs_before", "wf_void_runs_before"):
        assert list(specs[name, 2].template.nodes[1].upstream_node_ids) == ["n0"], name


def test_b28_a_chain_in_an_arm_keeps_all_its_nodes():
    _, specs = compiled("b28_branch_inner_nodes")
    spec = specs["wf_chain_in_branch", 2]
    arm = spec.template.nodes[0].branch_node.if_else.case.then_node
    (inner,) = [sub for sub in spec.sub_workflows if sub.id.name == arm.workflow_node.sub_workflow_ref.name]
    assert len(inner.nodes) == 2
