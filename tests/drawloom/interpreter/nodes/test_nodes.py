"""Each node kind does what its message says: branches, gates, arrays, failure nodes, dynamic tasks, references."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Dict, List, Optional

import pytest

from drawloom import (
    LaunchPlan,
    approve,
    conditional,
    dynamic,
    map_task,
    sleep,
    task,
    wait_for_input,
    workflow,
)
from drawloom.flytekit.types.error import FlyteError
from drawloom.interpreter import (
    FlyteDisapprovalException,
    GateTimeoutError,
    GateUnansweredError,
    InputError,
    MapLengthError,
    State,
    send_signal,
)
from literals import MalformedError, pb
from running import compiled, outcome, quiet, value
from typeengine import TypeTransformerFailedError

RAN = []


@pytest.fixture(autouse=True)
def clean():
    RAN.clear()


@task
def yes(n: int) -> str:
    RAN.append("yes")
    return f"yes {n}"


@task
def no(n: int) -> str:
    RAN.append("no")
    return f"no {n}"


@task
def other(n: int) -> str:
    RAN.append("other")
    return f"other {n}"


@task
def zero(n: int) -> int:
    return n


@task
def empty(n: int) -> str:
    return ""


@task
def false(n: int) -> bool:
    return False


@task
def nothing(n: int) -> Optional[int]:
    return None


@workflow
def on_zero(n: int) -> str:
    z = zero(n=n)
    return conditional("c").if_(z == 0).then(yes(n=z)).else_().then(no(n=z))


@workflow
def on_empty(n: int) -> str:
    return conditional("c").if_(empty(n=n) == "").then(yes(n=n)).else_().then(no(n=n))


@workflow
def on_false(n: int) -> str:
    return conditional("c").if_(false(n=n).is_true()).then(no(n=n)).else_().then(yes(n=n))


@workflow
def on_none(n: int) -> str:
    return conditional("c").if_(nothing(n=n).is_none()).then(yes(n=n)).else_().then(no(n=n))


@pytest.mark.parametrize("flow", [on_zero, on_empty, on_false, on_none], ids=lambda f: f.name.rpartition(".")[2])
def test_empty_values_choose_their_own_arm_and_only_that_runs(flow):
    result = outcome(flow, n=0)
    assert value(flow, result) == "yes 0"
    assert RAN == ["yes"]
    assert State.SKIPPED in {run.state for run in result.nodes.values()}


@workflow
def inner_branch(n: int) -> str:
    return conditional("i").if_(n > 10).then(yes(n=n)).else_().then(other(n=n))


@workflow
def nested(n: int) -> str:
    return (
        conditional("o")
        .if_((n > 0) & (n < 100))
        .then(conditional("m").if_(n > 5).then(inner_branch(n=n)).else_().then(no(n=n)))
        .else_()
        .fail("out of range")
    )


@pytest.mark.parametrize(("n", "ran"), [(50, "yes"), (7, "other"), (3, "no")])
def test_nested_branches_run_one_arm_each(n, ran):
    assert value(nested, outcome(nested, n=n)) == f"{ran} {n}"
    assert RAN == [ran]


def test_a_failing_default_raises_what_the_author_wrote():
    error = outcome(nested, n=-1).error
    assert isinstance(error, ValueError)
    assert str(error) == "out of range"
    assert RAN == []


# -- arrays


@task
def pair_up(a: int, b: str, sep: str) -> str:
    RAN.append(a)
    return f"{a}{sep}{b}"


@workflow
def zipped(a: List[int], b: List[str]) -> List[str]:
    import functools

    return map_task(functools.partial(pair_up, sep="-"))(a=a, b=b)


@task
def even(n: int) -> int:
    RAN.append(n)
    if n % 2:
        raise ValueError(f"{n} is odd")
    return n


@workflow
def half(n: List[int]) -> List[Optional[int]]:
    return map_task(even, min_success_ratio=0.5)(n=n)


@workflow
def two(n: List[int]) -> List[Optional[int]]:
    return map_task(even, min_successes=2)(n=n)


@workflow
def two_plain(n: List[int]) -> List[int]:
    return map_task(even, min_successes=2)(n=n)


@task
def added(xs: List[int]) -> int:
    return sum(xs)


@workflow
def two_added(n: List[int]) -> int:
    return added(xs=map_task(even, min_successes=2)(n=n))


@pytest.mark.parametrize("flow", [two_plain, two_added], ids=["output", "input"])
@pytest.mark.parametrize("many", [0, 20], ids=["few", "many"])
def test_a_failed_item_in_a_list_of_plain_values_is_told_with_its_cure(flow, many):
    with pytest.raises(TypeTransformerFailedError) as caught:
        flow(n=[2, 1, 4, *[6] * many])
    assert "[1]" in caught.value.where
    assert "List[Optional[int]]" in caught.value.fix
    assert "failed elements of a map" in caught.value.fix


def test_lists_are_zipped_and_bound_values_go_whole():
    assert value(zipped, outcome(zipped, a=[1, 2], b=["x", "y"])) == ["1-x", "2-y"]


def test_unequal_lists_are_refused_before_the_first_item():
    error = outcome(zipped, a=[1, 2, 3], b=["x"]).error
    assert isinstance(error, MapLengthError)
    assert "a: 3" in str(error)
    assert "b: 1" in str(error)
    assert RAN == []


def test_failed_items_within_the_ratio_are_none():
    assert value(half, outcome(half, n=[1, 2, 4])) == [None, 2, 4]
    assert value(half, outcome(half, n=[])) == []


def test_one_failure_too_many_is_the_first_failing_items_error_in_every_timing():
    for parallel in (1, 4):
        result = outcome(half, quiet(max_parallelism=parallel), n=[2, 1, 3, 5])
        assert str(result.error) == "1 is odd"
        assert result.failures[0].trail[-1].node == "n0[1]"


def test_a_list_with_an_item_that_cannot_be_read_spoils_only_that_item():
    made = compiled(half)
    program_inputs = pb.Literal(
        collection=pb.LiteralCollection(
            literals=[
                pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(integer=2))),
                pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(integer=4))),
            ]
        )
    )
    from drawloom.interpreter import run

    result = run(made.bundle, {"n": program_inputs}, entity=half.name, entities=made.entities)
    assert value(half, result) == [2, 4]


@workflow
def squared(n: int) -> int:
    return zero(n=n)


plan = LaunchPlan.get_or_create(squared, "nodes_plan")


@workflow
def over_plans(n: List[int]) -> List[int]:
    return map_task(plan)(n=n)


def test_a_launch_plan_can_be_mapped():
    assert value(over_plans, outcome(over_plans, n=[3, 4])) == [3, 4]


def test_a_map_task_by_itself_is_the_array_it_is():
    assert map_task(zero)(n=[1, 2]) == [1, 2]


# -- gates


@workflow
def gated(n: int) -> str:
    s = sleep(datetime.timedelta(milliseconds=30))
    number = wait_for_input("a-number", timeout=datetime.timedelta(seconds=20), expected_type=int)
    ok = approve(zero(n=n), "sign-off", timeout=datetime.timedelta(milliseconds=300))
    s >> number
    return pair_up(a=ok, b="x", sep="+").with_overrides(name="last") if number is None else join(a=ok, b=number)


@task
def join(a: int, b: int) -> str:
    return f"{a}+{b}"


class Answers:
    def __init__(self, **answers):
        self.answers = answers

    def poll(self, request):
        answer = self.answers.get(request.signal.replace("-", "_"))
        if isinstance(answer, int) and not isinstance(answer, bool):
            return pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(integer=answer))).SerializeToString()
        return answer


def test_gates_wait_for_their_signals():
    result = outcome(gated, quiet(signals=Answers(a_number=5, sign_off=True)), n=1)
    assert value(gated, result) == "1+5"


def test_a_refused_approval_and_an_answer_that_never_comes_are_errors():
    error = outcome(gated, quiet(signals=Answers(a_number=5, sign_off=False)), n=1).error
    assert isinstance(error, FlyteDisapprovalException)
    assert isinstance(outcome(gated, quiet(signals=Answers(a_number=5)), n=1).error, GateTimeoutError)
    assert isinstance(outcome(gated, n=1).error, GateUnansweredError)


class Fails:
    def poll(self, request):
        raise LookupError(f"{request.signal}: the line is dead")


class Babbles:
    def poll(self, request):
        return b"\xff\xff" if request.kind == "signal" else True


def test_a_source_of_answers_that_fails_or_babbles_fails_its_gate():
    error = outcome(gated, quiet(signals=Fails()), n=1).error
    assert isinstance(error, LookupError)
    assert "the line is dead" in str(error)
    assert isinstance(outcome(gated, quiet(signals=Babbles()), n=1).error, MalformedError)


def test_who_is_asked_is_asked_in_declared_order():
    asked = []

    def ask(request):
        asked.append(request.signal)
        if request.kind == "approve":
            return True
        return pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(integer=7))).SerializeToString()

    assert value(gated, outcome(gated, quiet(ask=ask), n=1)) == "1+7"
    assert asked == ["a-number", "sign-off"]


def test_a_signal_of_another_type_is_refused():
    def ask(request):
        return pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(string_value="x"))).SerializeToString()

    assert isinstance(outcome(gated, quiet(ask=ask), n=1).error, InputError)


# -- failure nodes


@task
def tidy(n: int, err: Optional[FlyteError] = None) -> None:
    RAN.append((n, err.failed_node_id, err.message))


@task
def breaks(n: int) -> int:
    raise KeyError(n)


@workflow(on_failure=tidy)
def guarded(n: int) -> int:
    return zero(n=breaks(n=zero(n=n)))


@workflow(on_failure=tidy)
def guarded_twice(n: int) -> int:
    return guarded(n=n)


def test_the_handler_runs_once_with_inputs_and_error_and_the_error_is_still_raised():
    result = outcome(guarded, n=4)
    assert isinstance(result.error, KeyError)
    assert result.nodes["n2"].state is State.SKIPPED
    first = result.error.__traceback__
    assert first.tb_frame.f_code.co_name == "breaks"
    assert first.tb_next is None
    assert RAN == [(4, "n1", "KeyError: 4")]


def test_each_level_has_its_handler_and_the_trail_goes_through_all_of_them():
    result = outcome(guarded_twice, n=4)
    assert [run[1] for run in RAN] == ["n1", "n0"]
    steps = [str(step) for step in result.failures[0].trail]
    assert len(steps) == 2
    assert "guarded_twice" in steps[0]
    assert "n0/n1 (test_nodes.py:" in steps[1]
    assert steps[1].endswith("attempt 1")


# -- dynamic


@dynamic
def grown(n: int) -> List[int]:
    return [zero(n=i) for i in range(n)]


@dynamic
def grown_twice(n: int) -> List[int]:
    return grown(n=n)


@workflow
def growing(n: int) -> List[int]:
    return grown_twice(n=n)


def test_a_dynamic_task_becomes_its_graph_for_each_input():
    for n in (3, 0, 1):
        assert value(growing, outcome(growing, n=n)) == list(range(n))


# -- attribute paths


@dataclass
class Deep:
    xs: List[int]
    by: Dict[str, int]


@dataclass
class Box:
    deep: Deep
    label: str


@task
def box(n: int) -> Box:
    return Box(Deep([n, n + 1], {"k": n + 2}), "b")


@task
def lists(n: int) -> Dict[str, List[Box]]:
    return {"a": [Box(Deep([n], {}), "q")]}


@task
def three(a: int, b: int, c: str) -> str:
    return f"{a}{b}{c}"


@workflow
def paths(n: int) -> str:
    b = box(n=n)
    m = lists(n=n)
    return three(a=b.deep.xs[1], b=b.deep.by["k"], c=m["a"][0].label)


def test_attribute_paths_go_through_lists_maps_and_dataclasses():
    assert value(paths, outcome(paths, n=1)) == "23q"


# -- answers that come from elsewhere


def test_a_recorded_run_finds_its_answers_in_files(tmp_path):
    import threading

    def answer():
        send_signal(tmp_path / "r", "a-number", pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(integer=8))))
        send_signal(tmp_path / "r", "sign-off", True)

    timer = threading.Timer(0.1, answer)
    timer.start()
    assert value(gated, outcome(gated, quiet(run_dir=tmp_path / "r"), n=1)) == "1+8"
    timer.join()


@workflow
def two_gates(n: int) -> str:
    first = wait_for_input("first", timeout=datetime.timedelta(seconds=20), expected_type=int)
    second = wait_for_input("second", timeout=datetime.timedelta(seconds=20), expected_type=int)
    return join(a=first, b=second)


def test_a_gate_whose_answer_was_there_already_does_not_hold_up_the_next_question():
    def ask(request):
        return pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(integer=2))).SerializeToString()

    result = outcome(two_gates, quiet(signals=Answers(first=1), ask=ask), n=1)
    assert value(two_gates, result) == "1+2"
