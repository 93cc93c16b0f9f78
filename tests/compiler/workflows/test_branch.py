from __future__ import annotations

import pytest

from compiler import (
    CompileError,
    Emitter,
    FlyteValidationException,
    SerializationSettings,
    compile_bundle,
    conditional,
    create_node,
    workflow,
)
from compiler_cases import control_cases as t
from drawloom.ir import check
from literals import DrawloomError

SETTINGS = SerializationSettings(project="p", domain="d", version="v")


def template(wf):
    check(compile_bundle([wf], SETTINGS).bundle)
    return Emitter(SETTINGS).workflow_spec(wf).template


def sub_workflows(wf):
    return {sub.id.name.rpartition(".")[2]: sub for sub in Emitter(SETTINGS).workflow_spec(wf).sub_workflows}


def branch(wf, index=-1):
    return template(wf).nodes[index].branch_node.if_else


def test_arms_of_one_call_are_written_as_they_are_with_ids_of_their_own():
    @workflow
    def wf(n: int) -> int:
        a = t.inc(n=n)
        return (
            conditional("c").if_(a > 5).then(t.inc(n=a)).elif_(n == 1).then(t.double(n=n)).else_().then(t.double(n=a))
        )

    made = template(wf)
    block = made.nodes[1].branch_node.if_else
    assert [node.id for node in made.nodes] == ["n0", "n1"]
    assert [block.case.then_node.id, block.other[0].then_node.id, block.else_node.id] == ["n0", "n1", "n2"]
    assert block.case.condition.comparison.left_value.var == "n0.o0"
    assert block.other[0].condition.comparison.left_value.var == ".n"
    assert [binding.var for binding in made.nodes[1].inputs] == [".n", "n0.o0"]
    assert list(made.nodes[1].upstream_node_ids) == ["n0"]


def test_several_calls_in_an_arm_become_a_workflow_that_runs_only_with_the_arm():
    @workflow
    def wf(n: int) -> int:
        a = t.inc(n=n)
        return conditional("c").if_(n > 1).then(t.add(a=t.inc(n=a), b=n)).else_().then(t.inc(n=n))

    block = branch(wf)
    assert block.case.then_node.WhichOneof("target") == "workflow_node"
    (inner,) = sub_workflows(wf).values()
    assert [node.id for node in inner.nodes] == ["n0", "n1"]
    assert sorted(inner.interface.inputs.variables) == ["n", "o0"]
    assert {b.var: b.binding.promise.node_id for b in block.case.then_node.inputs} == {"o0": "n0", "n": ""}
    assert len(template(wf).nodes) == 2


def test_existing_values_inputs_and_constants_are_arms_without_a_second_run():
    @workflow
    def wf(n: int) -> int:
        a = t.inc(n=n)
        return conditional("c").if_(n > 1).then(a).elif_(n == 1).then(7).elif_(n == 0).then(n).else_().then(t.inc(n=n))

    assert len(template(wf).nodes) == 2
    assert sorted(sub_workflows(wf)) == ["n1-n0", "n1-n1", "n1-n2"]
    assert sub_workflows(wf)["n1-n1"].outputs[0].binding.scalar.primitive.integer == 7


def test_calls_in_a_condition_run_before_the_branch():
    @workflow
    def wf(n: int) -> int:
        return (
            conditional("c")
            .if_(n > 1)
            .then(t.inc(n=n))
            .elif_(t.flag(n=n).is_true())
            .then(t.double(n=n))
            .else_()
            .then(n)
        )

    made = template(wf)
    assert [node.metadata.name for node in made.nodes] == ["flag", "c"]
    assert [node.id for node in made.nodes] == ["n0", "n1"]
    assert made.outputs[0].binding.promise.node_id == "n1"


def test_an_if_alone_does_nothing_otherwise():
    @workflow
    def wf(n: int) -> int:
        conditional("c").if_(n > 1).then(t.inc(n=n))
        return t.double(n=n)

    made = template(wf)
    assert [node.id for node in made.nodes] == ["n0", "n1"]
    assert made.nodes[0].branch_node.if_else.else_node.gate_node.WhichOneof("condition") == "sleep"


def test_a_failing_arm_in_the_middle_keeps_the_outputs_of_the_others():
    @workflow
    def wf(n: int) -> int:
        return conditional("c").if_(n > 9).fail("too big").elif_(n > 1).then(t.inc(n=n)).else_().fail("too small")

    block = branch(wf)
    assert block.case.then_node.branch_node.if_else.error.message == "too big"
    assert block.error.message == "too small"
    assert block.error.failed_node_id == "c"


def test_nested_conditionals_have_names_of_their_own():
    @workflow
    def wf(n: int) -> int:
        inner = conditional("i").if_(n > 5).then(t.inc(n=t.inc(n=n))).else_().then(n)
        outer = (
            conditional("o")
            .if_(inner > 1)
            .then(conditional("x").if_(n > 3).then(t.inc(n=t.inc(n=n))).else_().then(t.inc(n=t.double(n=inner))))
        )
        return outer.else_().then(n)

    names = [sub.id.name for sub in Emitter(SETTINGS).workflow_spec(wf).sub_workflows]
    assert len(names) == len(set(names)) == 5
    template(wf)


def test_two_paths_of_one_output_are_two_operands():
    @workflow
    def wf(n: int) -> int:
        r = t.pair(n=n)
        return conditional("c").if_(r.a > 1).then(t.inc(n=n)).elif_(r.b > 1).then(t.double(n=n)).else_().fail("x")

    made = template(wf)
    assert [binding.var for binding in made.nodes[1].inputs] == ["n0.o0.a", "n0.o0.b"]


def test_outputs_are_those_that_every_arm_has():
    @workflow
    def wf(n: int) -> int:
        both = conditional("c").if_(n > 1).then(t.two(n=n)).else_().then(t.inc(n=n))
        return t.inc(n=both)

    template(wf)


def test_a_branch_without_common_outputs_gives_nothing():
    @workflow
    def wf(n: int) -> None:
        conditional("c").if_(n > 1).then(t.silent(n=n)).else_().then(t.inc(n=n))

    template(wf)


def test_tuples_of_promises_are_several_outputs():
    @workflow
    def wf(n: int) -> tuple[int, int]:
        r = conditional("c").if_(n > 1).then((t.inc(n=n), n)).else_().then((t.double(n=n), t.inc(n=n)))
        return r.o0, r.o1

    assert [b.var for b in template(wf).outputs] == ["o0", "o1"]


def test_order_from_outside_an_arm_is_kept():
    @workflow
    def wf(n: int) -> int:
        first = create_node(t.silent, n=n)

        def arm():
            a = create_node(t.inc, n=n)
            first >> a
            return t.inc(n=a.o0)

        return conditional("c").if_(n > 1).then(arm()).else_().then(t.inc(n=n))

    assert list(branch(wf).case.then_node.upstream_node_ids) == ["n0"]


def operand_of(make):
    @workflow
    def wf(n: int, f: float, s: str, b: bool) -> int:
        return conditional("c").if_(make(n, f, s, b)).then(t.inc(n=n)).else_().then(n)

    return branch(wf).case.condition


def test_constants_keep_their_kind():
    kinds = {
        "integer": operand_of(lambda n, f, s, b: n > 1),
        "float_value": operand_of(lambda n, f, s, b: f > 1.5),
        "string_value": operand_of(lambda n, f, s, b: s == "x"),
        "boolean": operand_of(lambda n, f, s, b: b.is_true()),
    }
    for kind, condition in kinds.items():
        assert condition.comparison.right_value.primitive.WhichOneof("value") == kind
    assert operand_of(lambda n, f, s, b: s.is_none()).comparison.right_value.scalar.WhichOneof("value") == "none_type"
    assert (
        operand_of(
            lambda n, f, s, b: (n > 1) & ((f < 2.0) | b.is_(False))
        ).conjunction.right_expression.conjunction.operator
        == 1
    )


@pytest.mark.parametrize(
    "body",
    [
        lambda n: conditional("c").if_(n).then(t.inc(n=n)).else_().then(t.inc(n=n)),
        lambda n: conditional("c").if_(True).then(t.inc(n=n)).else_().then(t.inc(n=n)),
        lambda n: conditional("c").if_(None).then(t.inc(n=n)),
        lambda n: conditional("c").if_(n > 1 and n < 5).then(t.inc(n=n)).else_().then(n),
        lambda n: conditional("c").if_(n == "x").then(t.inc(n=n)).else_().then(n),
        lambda n: conditional("c").if_(n == [1]).then(t.inc(n=n)).else_().then(n),
        lambda n: conditional("c").if_(n == 1 << 70).then(t.inc(n=n)).else_().then(n),
        lambda n: conditional("c").if_(t.pair(n=n) == 1).then(t.inc(n=n)).else_().then(n),
        lambda n: conditional("c").if_(n > 1).then(t.inc(n=n)).else_().fail(3),
        lambda n: conditional("c").if_(n > 1).then(t.inc(n=n)).else_().then(t.text(n=n)),
        lambda n: conditional("").if_(n > 1).then(t.inc(n=n)).else_().then(n),
        lambda n: conditional("c").if_(n > 1).then([1]).else_().then([2]),
        lambda n: conditional("c").if_(n > 1).then(t.inc(n=n)),
    ],
)  # fmt: skip
def test_mistakes_are_assertion_errors_that_say_what_to_do(body):
    @workflow
    def wf(n: int) -> int:
        return body(n)

    with pytest.raises(AssertionError) as caught:
        wf.compile()
    assert isinstance(caught.value, DrawloomError)


def test_a_conditional_without_else_has_no_value_to_return():
    @workflow
    def wf(n: int) -> int:
        return conditional("c").if_(n > 1).then(t.inc(n=n))

    with pytest.raises((FlyteValidationException, CompileError), match="no else"):
        wf.compile()


def test_outside_a_workflow_there_is_no_conditional():
    with pytest.raises(AssertionError, match="workflow context"):
        conditional("c")


def test_compiling_twice_gives_the_same_bytes():
    def build():
        @workflow
        def wf(n: int) -> int:
            return conditional("c").if_(n > 1).then(t.inc(n=t.inc(n=n))).else_().then(3)

        return compile_bundle([wf]).bundle.SerializeToString(deterministic=True)

    assert build() == build()


def test_dates_and_enum_members_are_constants_too():
    import datetime
    import enum

    class Color(enum.Enum):
        RED = "red"

    made = operand_of(lambda n, f, s, b: (s == Color.RED) & (n > 1))
    assert made.conjunction.left_expression.comparison.right_value.primitive.string_value == "red"

    @workflow
    def wf(n: int, d: datetime.date) -> int:
        return conditional("c").if_(d > datetime.date(2020, 1, 2)).then(t.inc(n=n)).else_().then(n)

    assert branch(wf).case.condition.comparison.right_value.primitive.datetime.seconds == 1577923200
