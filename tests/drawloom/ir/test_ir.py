"""Walking, ordering, printing and comparing programs; flytekit's own programs verify; mutated ones never surprise."""

import json
import pathlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drawloom import ir
from drawloom.ir import (
    CycleError,
    bundle_from_specs,
    diff,
    key,
    order,
    pretty,
    promises,
    references,
    upstream,
    verify,
    walk,
    walk_template,
)
from literals import DrawloomError, MalformedError, canonical_bytes, parse, pb
from strategies.messages import messages

PEERS = pathlib.Path(__file__).resolve().parents[2] / "goldens" / "peers" / "workflows_v1"
KINDS = {"1": "TaskSpec", "2": "WorkflowSpec", "3": "LaunchPlan"}
FOLDERS = sorted(path for path in PEERS.iterdir() if path.is_dir() and list(path.glob("*.pb")))
DEFECTS = {
    "b28_branch_inner_nodes": {"cycle"},  # nodes inside an arm get the ids of outer ones, and their inputs with them
    "m39_naming": {
        "binding-unknown-node"
    },  # an id of more than 63 characters is shortened twice, in bindings only once
}
"""Programs that flytekit writes wrong, and the rules that say so."""


def specs(folder):
    found = {"1": [], "2": [], "3": []}
    for path in sorted(folder.glob("*.pb")):
        number = path.stem[-1]
        found[number].append(parse(getattr(pb, KINDS[number]), path.read_bytes(), str(path)))
    return found["1"], found["2"], found["3"]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_what_flytekit_compiled_verifies(folder):
    bundle = bundle_from_specs(*specs(folder))
    assert {problem.rule for problem in verify(bundle)} == DEFECTS.get(folder.name, set()), pretty(bundle)


@pytest.mark.parametrize("path", sorted(PEERS.glob("*/exec/*/futures.pb")), ids=lambda path: path.parent.name)
def test_the_dynamic_jobs_that_flytekit_wrote_verify(path):
    job = parse(pb.DynamicJobSpec, path.read_bytes())
    assert verify(job) == (), pretty(job)


def node(name, *needs, after=()):
    made = pb.Node(id=name, upstream_node_ids=after)
    made.task_node.reference_id.CopyFrom(pb.Identifier(resource_type=pb.ResourceType.TASK, name="t"))
    for number, need in enumerate(needs):
        made.inputs.add(var=f"x{number}", binding=pb.BindingData(promise=pb.OutputReference(node_id=need, var="o0")))
    return made


@given(st.lists(st.lists(st.integers(0, 19), max_size=4), max_size=20), st.randoms(use_true_random=False))
def test_order_puts_every_node_behind_what_it_needs(edges, random):
    nodes = [node(f"n{i}", *{f"n{e}" for e in needs if e < i}) for i, needs in enumerate(edges)]
    random.shuffle(nodes)
    found = [item.id for item in order(nodes)]
    assert sorted(found) == sorted(item.id for item in nodes)
    for item in nodes:
        assert all(found.index(up) < found.index(item.id) for up in upstream(item))


@given(st.integers(1, 12), st.integers(0, 8))
def test_a_cycle_is_named_by_its_nodes_alone(length, tail):
    nodes = [node(f"c{i}", f"c{(i + 1) % length}") for i in range(length)]
    nodes += [node(f"t{i}", f"t{i - 1}" if i else "c0") for i in range(tail)]
    with pytest.raises(CycleError) as caught:
        order(nodes)
    cycle = caught.value.cycle
    assert cycle[0] == cycle[-1]
    assert set(cycle) == {f"c{i}" for i in range(length)}
    needs = {item.id: upstream(item) for item in nodes}
    assert all(before in needs[behind] for before, behind in zip(cycle, cycle[1:]))


def test_ordering_ten_thousand_nodes_needs_no_recursion():
    chain = [node(f"n{i}", f"n{i - 1}" if i else "") for i in range(10_000)]
    assert [item.id for item in order(reversed(chain))] == [item.id for item in chain]


def branchy():
    arm, other, last = node("a", "n0"), node("b", "n1"), node("c", "n0")
    nested = pb.Node(id="inner")
    nested.branch_node.if_else.case.then_node.CopyFrom(other)
    made = pb.Node(id="n2", upstream_node_ids=["n3"])
    block = made.branch_node.if_else
    block.case.then_node.CopyFrom(arm)
    block.other.add().then_node.CopyFrom(nested)
    block.else_node.CopyFrom(last)
    return made


def test_a_walk_meets_owners_before_the_nodes_inside_them():
    array = pb.Node(id="n4", array_node=pb.ArrayNode(node=node("each", "n0")))
    met = [(place.path, place.node.id) for place in walk([branchy(), array])]
    assert met == [
        ("n2", "n2"), ("n2.then", "a"), ("n2.other[0]", "inner"), ("n2.other[0].then", "b"), ("n2.else", "c"),
        ("n4", "n4"), ("n4.each", "each"),
    ]  # fmt: skip
    assert upstream(branchy()) == ["n3", "n0", "n1"]
    template = pb.WorkflowTemplate(nodes=[array], failure_node=node("fn0"))
    assert [place.path for place in walk_template(template)] == ["n4", "n4.each", "failure"]
    assert [key(found).name for found in references(node("x"))] == ["t"]


def test_promises_are_found_in_containers_in_order():
    def at(name):
        return pb.BindingData(promise=pb.OutputReference(node_id=name, var="o0"))

    data = pb.BindingData(
        collection=pb.BindingDataCollection(
            bindings=[at("a"), pb.BindingData(map=pb.BindingDataMap(bindings={"z": at("c"), "y": at("b")})), at("d")]
        )
    )
    assert [promise.node_id for promise in promises(data)] == ["a", "b", "c", "d"]


def test_keys_compare_and_read_well():
    one = pb.Identifier(resource_type=pb.ResourceType.TASK, project="p", domain="d", name="m.t", version="v")
    other = pb.Identifier.FromString(one.SerializeToString())
    other.org = "another"
    assert key(one) == key(other)
    assert len({key(one), key(other)}) == 1
    assert str(key(one)) == "p:d:m.t@v"
    assert key(one).kind == "task"
    assert str(key(pb.Identifier(name="m.t"))) == "m.t"


def test_programs_read_as_they_should():
    texts = {}
    for name in ("m11_cond_nested", "m15_launchplans", "m18_map_task", "m22_gates"):
        texts[name] = pretty(bundle_from_specs(*specs(PEERS / name)))
    path = pathlib.Path(__file__).parent / "pretty.txt"
    shown = "\n\n".join(f"--- {name}\n{text}" for name, text in texts.items()) + "\n"
    assert shown == path.read_text()


@given(messages(pb.Bundle, 4), messages(pb.Bundle, 4))
def test_pretty_and_diff_take_any_program(one, other):
    assert pretty(one).startswith("bundle format")
    assert diff(one, one) == ""
    assert (diff(one, other) == "") == (one == other)


def test_a_difference_says_where_and_what():
    one, other = node("n0", "n1"), node("n0", "n2", after=["n3"])
    one.metadata.config["k"] = "1"
    assert diff(one, other).splitlines() == [
        'metadata: config { key: "k" value: "1" } -> unset',
        "inputs[0].binding.promise.node_id: 'n1' -> 'n2'",
        "upstream_node_ids[0]: unset -> 'n3'",
    ]
    with pytest.raises(DrawloomError, match="two kinds"):
        diff(one, pb.Literal())


def test_a_difference_inside_a_map_names_the_key_and_both_sides():
    one = pb.VariableMap(variables={"a": pb.Variable(description="x"), "b": pb.Variable(description="y")})
    other = pb.VariableMap(variables={"b": pb.Variable(description="z"), "c": pb.Variable(description="w")})
    assert diff(one, other).splitlines() == [
        """variables["a"]: description: "x" -> unset""",
        """variables["b"].description: 'y' -> 'z'""",
        """variables["c"]: unset -> description: "w\"""",
    ]
    texts = [pb.K8sObjectMetadata(labels=labels) for labels in ({"a": "1", "b": "2"}, {"b": "3"}, {})]
    assert diff(*texts[:2]).splitlines() == ["""labels["a"]: '1' -> unset""", """labels["b"]: '2' -> '3'"""]
    assert diff(*texts[1:]).splitlines() == ["""labels["b"]: '3' -> unset"""]
    assert diff(*texts[:0:-1]).splitlines() == ["""labels["b"]: unset -> '3'"""]


@given(
    st.one_of(
        messages(pb.Bundle, 6),
        messages(pb.WorkflowTemplate, 6),
        messages(pb.LaunchPlan, 5),
        messages(pb.DynamicJobSpec, 5),
        messages(pb.TaskSpec, 4),
    )
)
def test_verifying_any_message_gives_problems_and_nothing_else(message):
    for problem in verify(message):
        assert problem.rule in ir.rules
        assert problem.where or isinstance(message, pb.Bundle)


def fields(message, path=()):
    """Every field set anywhere in a message: the message that has it, the field, and a path."""
    for field, value in message.ListFields():
        yield message, field
        repeated = field.is_repeated if hasattr(field, "is_repeated") else field.label == 3
        if field.message_type is None:
            continue
        if field.message_type.GetOptions().map_entry:
            if field.message_type.fields_by_name["value"].message_type is not None:
                for item in value.values():
                    yield from fields(item)
        elif repeated:
            for item in value:
                yield from fields(item)
        else:
            yield from fields(value)


def mutate(message, random):
    found = list(fields(message))
    if not found:  # an earlier mutation cleared all of it
        return
    owner, field = random.choice(found)
    value = getattr(owner, field.name)
    if random.random() < 0.4 or field.message_type is not None:
        if hasattr(value, "pop") and hasattr(value, "append") and random.random() < 0.5:
            value.append(value[0])
        else:
            owner.ClearField(field.name)
    elif isinstance(value, str):
        setattr(owner, field.name, random.choice(["", "n0", "n1", "o0", "x", value + "x"]))
    elif isinstance(value, (bool, int, float)) and field.type != 14:
        setattr(owner, field.name, type(value)(not value))
    elif field.type == 14 and not hasattr(value, "append"):
        setattr(owner, field.name, random.choice(field.enum_type.values).number)
    else:
        owner.ClearField(field.name)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from([folder for folder in FOLDERS if folder.name.startswith("m")]),
    st.randoms(use_true_random=False),
    st.integers(1, 3),
)
def test_a_mutated_program_verifies_or_has_problems_and_never_another_error(folder, random, times):
    bundle = bundle_from_specs(*specs(folder))
    for _ in range(times):
        mutate(bundle, random)
    problems = verify(bundle)
    assert all(problem.rule in ir.rules for problem in problems)
    pretty(bundle)
    if not problems:
        for closure in bundle.workflows:
            order(closure.primary.template.nodes)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(FOLDERS), st.data())
def test_damaged_bytes_of_a_program_are_a_program_or_our_error(folder, data):
    path = data.draw(st.sampled_from(sorted(folder.glob("*.pb"))))
    damaged = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    kind = getattr(pb, KINDS[path.stem[-1]])
    try:
        message = parse(kind, bytes(damaged[: data.draw(st.integers(0, len(damaged)))]), path.name)
    except MalformedError:
        return
    verify(message)
    pretty(message)


def test_connections_name_both_ends():
    template = pb.WorkflowTemplate(nodes=[node("n0"), node("n1", "n0"), node("n2", "n0", after=["n1"])])
    found = ir.connections(template)
    assert {name: list(ids.ids) for name, ids in found.downstream.items()} == {
        "start-node": ["n0"], "n0": ["n1", "n2"], "n1": ["n2"], "n2": ["end-node"],
    }  # fmt: skip
    assert {name: list(ids.ids) for name, ids in found.upstream.items()} == {
        "n0": ["start-node"], "n1": ["n0"], "n2": ["n0", "n1"], "end-node": ["n2"],
    }  # fmt: skip


def test_a_bundle_carries_what_each_workflow_runs_and_is_deterministic():
    folder = PEERS / "m14_subworkflow"
    tasks, workflows, plans = specs(folder)
    bundle = bundle_from_specs(tasks, workflows, plans)
    assert canonical_bytes(bundle) == canonical_bytes(bundle_from_specs(*specs(folder)))
    for closure in bundle.workflows:
        here = {key(sub.template.id) for sub in closure.sub_workflows} | {
            key(task.template.id) for task in closure.tasks
        }
        here.add(key(closure.primary.template.id))
        for template in [closure.primary.template, *(sub.template for sub in closure.sub_workflows)]:
            assert {key(found) for found in ir.all_references(template) if found.resource_type != 3} <= here
    assert len(json.loads((folder / "cases.json").read_text())["entities"]) <= len(bundle.tasks) + len(
        bundle.workflows
    ) + len(plans)


@settings(deadline=None)
@given(st.sampled_from(FOLDERS), st.randoms(use_true_random=False))
def test_the_quick_check_of_common_nodes_finds_what_the_rules_find(folder, random):
    bundle = bundle_from_specs(*specs(folder))
    for _ in range(random.randrange(3)):
        mutate(bundle, random)
    found = verify(bundle)
    for closure in bundle.workflows:
        for compiled in (closure.primary, *closure.sub_workflows):
            for item in compiled.template.nodes:
                if not item.metadata.HasField("timeout"):
                    item.metadata.timeout.SetInParent()  # means the same, and the quick check does not know it
    assert {(p.rule, p.where) for p in verify(bundle)} == {(p.rule, p.where) for p in found}
