"""What is written in another form for Flyte 1 is taken by it, gives the same, and can be brought back."""

from __future__ import annotations

import enum
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings

from compiler import compile_bundle
from compiler_cases.branch_programs import LOG, evaluate, trace_branch, work
from drawloom import conditional, dynamic, ir, task, workflow
from drawloom.interpreter import BranchFailedError, ConditionError, RunOptions, load, resume, run
from drawloom.interpreter.program import loading
from drawloom.interpreter.tasks.container import main
from laws.test_conditionals import branches, values
from literals import DrawloomError, pack_map, pb, unpack_map

CONDITION_RULES = {"condition-path", "condition-operand", "condition-same-type", "workflow-empty"}


@dataclass
class Pair:
    n: int
    m: int


@pytest.fixture(name="as_it_is")
def _as_it_is(monkeypatch):
    """Bundles run in the form that they have, so that the tasks that decide conditions do run."""
    monkeypatch.setattr(loading, "restored", lambda bundle: bundle)


def broken(bundle):
    return {problem.rule for problem in ir.verify_for("flyte1", bundle)} & CONDITION_RULES


def outcome(bundle, inputs, entity):
    LOG.clear()
    try:
        got = run(bundle, inputs, entity=entity).outputs
    except (BranchFailedError, ConditionError) as error:
        got = error.what
    return got, sorted(LOG)


@settings(
    max_examples=max(1, settings.default.max_examples // 4),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(branches(2), values, values)
def test_a_conditional_over_parts_decides_alike_in_either_form(as_it_is, program, n, m):
    del as_it_is

    @workflow
    def wf(pair: Pair) -> int:
        return trace_branch(program, pair.n, pair.m)

    plain, lowered = compile_bundle([wf]), compile_bundle([wf], platform="flyte1")
    assert broken(lowered.bundle) == set()
    assert ir.restored(lowered.bundle) == pb.Bundle.FromString(plain.data)
    given_pair = {"pair": wf.python_interface.input_codecs["pair"].encode(Pair(n, m))}
    assert outcome(lowered.bundle, given_pair, wf.name) == outcome(plain.bundle, given_pair, wf.name)
    _, calls = evaluate(program, n, m)
    assert sorted(LOG) == sorted(calls)


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


@task
def same(x: int) -> int:
    return x


@workflow
def by_enum(c: Color) -> int:
    return conditional("c").if_(c == Color.RED).then(same(x=1)).else_().then(same(x=2))


@workflow
def by_none(x: int | None) -> int:
    return conditional("c").if_(x.is_none()).then(same(x=0)).elif_(x > 3).then(same(x=1)).else_().then(same(x=2))


@workflow
def by_item(xs: list[int], by: dict[str, str]) -> int:
    return conditional("c").if_((xs[1] > 3) | (by["k"] == "yes")).then(same(x=1)).else_().fail("neither")


@workflow
def by_float(x: float) -> int:
    return conditional("c").if_(x > 3).then(same(x=1)).elif_(2 > x).then(same(x=2)).else_().then(same(x=3))


@workflow
def through(x: int) -> int:
    return x


@workflow
def without_else(pair: Pair) -> None:
    conditional("c").if_(pair.n == 1).then(work(n=pair.n))


@workflow
def parent(pair: Pair, x: int) -> int:
    without_else(pair=pair)
    return through(x=x)


TABLE = [
    (by_enum, [{"c": Color.RED}, {"c": Color.BLUE}]),
    (by_none, [{"x": None}, {"x": 5}, {"x": 1}]),
    (by_item, [{"xs": [0, 4], "by": {"k": "no"}}, {"xs": [0, 1], "by": {"k": "yes"}}, {"xs": [0, 1], "by": {"k": ""}}]),
    (by_float, [{"x": 3.5}, {"x": 3.0}, {"x": 0.0}, {"x": float("nan")}]),
    (through, [{"x": 7}]),
    (without_else, [{"pair": Pair(1, 0)}, {"pair": Pair(2, 0)}]),
    (parent, [{"pair": Pair(1, 0), "x": 3}]),
]


@pytest.mark.parametrize(("wf", "given_values"), TABLE, ids=[wf.name.rpartition(".")[2] for wf, _ in TABLE])
def test_each_kind_of_operand_decides_alike_in_either_form(as_it_is, wf, given_values):
    del as_it_is
    plain, lowered = compile_bundle([wf]), compile_bundle([wf], platform="flyte1")
    assert ir.verify(lowered.bundle) == ()
    assert broken(lowered.bundle) == set()
    assert broken(plain.bundle) or wf in (parent,)
    for each in given_values:
        inputs = {name: wf.python_interface.input_codecs[name].encode(value) for name, value in each.items()}
        assert outcome(lowered.bundle, inputs, wf.name) == outcome(plain.bundle, inputs, wf.name)


def test_a_lowered_bundle_runs_with_the_nodes_that_were_written(tmp_path):
    plain, lowered = compile_bundle([by_none]), compile_bundle([by_none], platform="flyte1")
    inputs = {"x": by_none.python_interface.input_codecs["x"].encode(5)}
    states = [
        {address: (node.state, node.name) for address, node in done.nodes.items()}
        for name, each in {"plain": plain, "lowered": lowered}.items()
        for done in [run(each.bundle, inputs, entity=by_none.name, options=RunOptions(run_dir=tmp_path / name))]
    ]
    assert states[0] == states[1]
    assert resume(tmp_path / "lowered").outputs["o0"] == run(plain.bundle, inputs, entity=by_none.name).outputs["o0"]


def test_where_nothing_is_to_be_lowered_the_bytes_stay():
    @workflow
    def wf(x: int) -> int:
        return conditional("c").if_(x > 1).then(same(x=x)).else_().then(same(x=0))

    assert compile_bundle([wf], platform="flyte1").data == compile_bundle([wf]).data


def test_specifications_are_lowered_as_the_bundle_is():
    lowered = compile_bundle([by_none], platform="flyte1")
    specs = [spec for _, _, spec in lowered.specs]
    assert broken(ir.bundle_from_specs([s for s in specs if isinstance(s, pb.TaskSpec)], [s for s in specs if isinstance(s, pb.WorkflowSpec)])) == set()  # fmt: skip
    assert [name for name, kind, _ in lowered.specs if kind == 1] == [f"{by_none.name}.n0-choice", same.name]


def test_a_choice_whose_conditions_are_damaged_is_refused_when_it_is_loaded():
    bundle = compile_bundle([by_none], platform="flyte1").bundle
    for compiled in bundle.workflows[0].tasks:
        if "drawloom-choice" in compiled.template.config:
            compiled.template.container.args[-1] = "!!"
    with pytest.raises(DrawloomError, match="not a branch's conditions"):
        load(bundle)


def test_a_choice_of_another_branch_stays_an_ordinary_task():
    bundle = compile_bundle([by_none], platform="flyte1").bundle
    branch = next(node for node in bundle.workflows[0].primary.template.nodes if node.HasField("branch_node"))
    branch.id = "elsewhere"
    promise = bundle.workflows[0].primary.template.outputs[0].binding.promise
    promise.node_id = "elsewhere"
    kept = ir.restored(bundle)
    assert [node.id for node in kept.workflows[0].primary.template.nodes] == ["n0-choice", "elsewhere"]


@task
def pair_of(pair: Pair) -> Pair:
    return pair


@dynamic
def grown(pair: Pair) -> int:
    made = pair_of(pair=pair)
    return conditional("c").if_(made.n > 3).then(same(x=1)).else_().then(same(x=2))


def test_what_a_dynamic_task_makes_is_lowered_and_brought_back():
    job = grown.expand(pair=Pair(5, 0)).spec
    for each in job.tasks:
        assert each.container.args
    lowered = ir.lowering_for("flyte1", job).job(job, "made")
    assert ir.verify(lowered) == ()
    assert ir.restored_job(lowered) == job


def test_the_task_that_decides_runs_in_a_container_of_its_own(tmp_path):
    bundle = compile_bundle([by_none], platform="flyte1").bundle
    choice = next(
        each.template for each in bundle.workflows[0].tasks if "drawloom-choice" in each.template.config
    ).container.args
    (tmp_path / "inputs.pb").write_bytes(pack_map({"v0": by_none.python_interface.input_codecs["x"].encode(5)}))
    filled = [
        each.replace("{{.input}}", f"{tmp_path}/inputs.pb").replace("{{.outputPrefix}}", str(tmp_path))
        for each in choice
    ]
    assert main(filled[1:]) == 0
    assert sorted(each.name for each in tmp_path.iterdir()) == ["inputs.pb", "outputs.pb"]
    outputs = unpack_map((tmp_path / "outputs.pb").read_bytes())
    assert {name: pb.Literal.FromString(data).scalar.primitive.integer for name, data in outputs.items()} == {"c0": 1}
