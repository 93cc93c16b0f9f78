"""`@patch(entity)` over a test of pytest's: the mock comes first, fixtures after it; and what runs the mock instead of the entity."""

from __future__ import annotations

from typing import List, NamedTuple
from unittest import mock as stdlib_mock

import pytest

from drawloom import (
    ImperativeWorkflow,
    LaunchPlan,
    dynamic,
    map_task,
    reference_launch_plan,
    reference_task,
    reference_workflow,
    task,
    workflow,
)
from drawloom.testing import patch, task_mock
from typeengine import TypeTransformerFailedError


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int) -> int:
    return one(a=a)


@patch(one)
def test_the_mock_stands_for_the_task(mock):
    mock.return_value = 7
    assert wf(a=1) == 7
    mock.assert_called_once_with(a=1)


@patch(one)
def test_fixtures_follow_the_mock(mock, tmp_path, monkeypatch):
    mock.return_value = 8
    assert tmp_path.is_dir()
    assert wf(a=1) == 8


@pytest.mark.parametrize("expected", [9, 10])
@patch(one)
def test_so_do_parameters(mock, expected):
    mock.return_value = expected
    assert wf(a=1) == expected


def test_the_task_is_itself_again():
    assert wf(a=1) == 1


class Two(NamedTuple):
    a: int
    b: str


@workflow
def two(a: int) -> Two:
    return Two(one(a=a), "x")


@workflow
def void(a: int):
    one(a=a)


plan = LaunchPlan.create("test_patched_tests.plan", wf)
fixed = LaunchPlan.create("test_patched_tests.fixed", wf, fixed_inputs={"a": 5})


@workflow
def nested(a: int) -> int:
    return one(a=wf(a=a))


@workflow
def started(a: int) -> int:
    return plan(a=a)


@workflow
def started_fixed() -> int:
    return fixed()


@workflow
def mapped(items: List[int]) -> List[int]:
    return map_task(plan)(a=items)


@dynamic
def grown(a: int) -> int:
    return wf(a=a)


@workflow
def all_shapes(a: int) -> Two:
    void(a=a)
    given = two(a=a)
    return Two(given.a, given.b)


WAYS = {
    "called": (lambda: wf(a=2), 2),
    "a node": (lambda: nested(a=2), 2),
    "called by a plan": (lambda: plan(a=2), 2),
    "a node by a plan": (lambda: started(a=2), 2),
    "fixed inputs": (lambda: fixed(), 5),
    "a node with fixed inputs": (lambda: started_fixed(), 5),
    "mapped": (lambda: mapped(items=[2, 3]), [2, 3]),
    "in a dynamic task": (lambda: grown(a=2), 2),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_workflow_is_replaced_in_every_way_that_it_runs(way):
    run, plain = WAYS[way]
    assert run() == plain
    with task_mock(wf) as mock:
        mock.side_effect = lambda a: 100 * a
        assert run() == ([100 * each for each in plain] if isinstance(plain, list) else 100 * plain)
        assert mock.called
    assert run() == plain


def test_a_replaced_workflow_gives_what_its_interface_says():
    with task_mock(two) as first, task_mock(void) as second:
        first.return_value = (4, "z")
        second.return_value = None
        assert all_shapes(a=1) == Two(4, "z") == two(a=1)
        assert void(a=1) is None
        second.assert_called_with(a=1)
    with task_mock(wf) as mock:
        mock.return_value = None
        for run in (lambda: wf(a=1), lambda: nested(a=1)):
            with pytest.raises(TypeTransformerFailedError, match=r"test_patched_tests\.wf, output `o0`"):
                run()
        mock.side_effect = KeyError("of the test's")
        with pytest.raises(KeyError, match="of the test's"):
            nested(a=1)


def test_a_workflow_built_step_by_step_and_a_class_are_replaced_too():
    built = ImperativeWorkflow(name="test_patched_tests.built")
    built.add_workflow_input("a", int)
    built.add_workflow_output("o0", built.add_entity(one, a=built.inputs["a"]).outputs["o0"])

    @workflow
    def around(a: int) -> int:
        return built(a=a)

    with task_mock(built) as mock:
        mock.return_value = 9
        assert (built(a=1), around(a=1)) == (9, 9)
    with stdlib_mock.patch.object(ImperativeWorkflow, "execute", lambda self, **kwargs: kwargs["a"] + 10):
        assert (built(a=1), around(a=1)) == (11, 11)
    assert (built(a=1), around(a=1)) == (1, 1)


@reference_task(project="p", domain="d", name="t", version="1")
def far_task(a: int) -> int: ...


@reference_workflow(project="p", domain="d", name="w", version="1")
def far_workflow(a: int) -> int: ...


@reference_launch_plan(project="p", domain="d", name="l", version="1")
def far_plan(a: int) -> int: ...


@workflow
def far_away(a: int) -> List[int]:
    return [far_task(a=a), far_workflow(a=a), far_plan(a=a)]


@patch(far_task)
@patch(far_workflow)
@patch(far_plan)
def test_references_are_replaced(of_plan, of_workflow, of_task):
    of_task.return_value, of_workflow.return_value, of_plan.return_value = 1, 2, 3
    assert far_away(a=0) == [1, 2, 3]
    assert (far_task(a=0), far_workflow(a=0), far_plan(a=0)) == (1, 2, 3)
