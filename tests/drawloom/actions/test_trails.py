"""One vocabulary of errors and one trail, whichever half of drawloom ran the task."""

import asyncio
import pickle
import time
from datetime import timedelta

import pytest

import drawloom
from drawloom import errors, interpreter, task, workflow
from drawloom.flytekit.exceptions import user as flytekit_errors

env = drawloom.TaskEnvironment("trails")
CONSTANT = ValueError("always the same object")


class OwnError(Exception):
    """A user's."""


@env.task(retries=1)
def leaf(n: int) -> int:
    raise OwnError(n)


@env.task
def middle(n: int) -> int:
    return leaf(n)


@env.task
async def top(n: int) -> int:
    return (await asyncio.gather(middle.aio(n), asyncio.sleep(0, n)))[0]


@env.task
def catches(n: int) -> int:
    try:
        return leaf(n)
    except OwnError:
        raise KeyError("another") from None


@task
def raises(n: int) -> int:
    raise OwnError(n)


@workflow
def graph(n: int) -> int:
    return raises(n=n)


@env.task
def calls_a_graph(n: int) -> int:
    return graph(n=n)


@workflow
def graph_of_actions(n: int) -> int:
    return calls_a_graph(n=n)


@env.task
def constant() -> int:
    raise CONSTANT


@env.task
def constant_below() -> int:
    return constant()


@task
def constant_node() -> int:
    raise CONSTANT


@workflow
def constant_graph() -> int:
    return constant_node()


def trail_of(call):
    with pytest.raises(Exception) as caught:  # noqa: B017, PT011 - any of the users' classes
        call()
    error = caught.value
    trail = error.drawloom_trail
    assert [note for note in error.__notes__ if note.startswith("in ")] == [f"in {step}" for step in trail]
    return [(step.workflow, step.task, step.attempt) for step in trail]


def test_an_action_that_fails_says_where_it_was_called_and_which_attempt():
    assert trail_of(lambda: drawloom.run(leaf, 1)) == [("", "trails.leaf", 2)]
    assert trail_of(lambda: drawloom.run(top, 1)) == [
        ("", "trails.top", 1),
        ("trails.top", "trails.middle", 1),
        ("trails.middle", "trails.leaf", 2),
    ]


def test_an_error_of_its_own_has_no_trail_of_what_was_caught():
    assert trail_of(lambda: drawloom.run(catches, 1)) == [("", "trails.catches", 1)]


def test_a_trail_goes_through_graphs_and_actions():
    name = raises.name
    assert trail_of(lambda: graph(n=1)) == [(graph.name, name, 1)]
    assert trail_of(lambda: drawloom.run(calls_a_graph, 1)) == [("", "trails.calls_a_graph", 1), (graph.name, name, 1)]
    assert trail_of(lambda: graph_of_actions(n=1)) == [
        (graph_of_actions.name, "trails.calls_a_graph", 1),
        (graph.name, name, 1),
    ]


def test_an_object_that_was_raised_before_has_the_trail_of_its_last_run():
    for _ in range(2):
        assert trail_of(constant_graph) == [(constant_graph.name, constant_node.name, 1)]
        assert trail_of(lambda: drawloom.run(constant_below)) == [
            ("", "trails.constant_below", 1),
            ("trails.constant_below", "trails.constant", 1),
        ]


@env.task(timeout=0.05)
def slow_action() -> int:
    time.sleep(5)
    return 1


@task(timeout=timedelta(milliseconds=50))
def slow_node() -> int:
    for _ in range(500):
        time.sleep(0.01)
    return 1


@workflow
def slow_graph() -> int:
    return slow_node()


@workflow
def graph_of_a_slow_action() -> int:
    return slow_action()


@workflow
def exits() -> int:
    return exits_node()


@task
def exits_node() -> int:
    raise SystemExit(3)


@env.task
def exits_action() -> int:
    raise SystemExit(3)


SAME = {
    "late": (errors.MaxRuntimeExceededError, [slow_graph, lambda: drawloom.run(slow_action), graph_of_a_slow_action]),
    "exit": (interpreter.TaskExitError, [exits, lambda: drawloom.run(exits_action)]),
}


@pytest.mark.parametrize("kind", SAME)
def test_each_half_raises_the_same_class_with_all_its_parts(kind):
    expected, calls = SAME[kind]
    for call in calls:
        with pytest.raises(expected) as caught:
            call()
        error = caught.value
        assert type(error) is expected
        assert error.what
        assert error.where
        assert error.drawloom_trail
        if kind == "late":
            assert isinstance(error, TimeoutError)
            assert isinstance(error, flytekit_errors.FlyteTimeout)
            assert (error.expected, error.got, error.fix) == (
                "at most 0.05 s", "still running when its time was over", "raise its timeout, or make it faster",
            )  # fmt: skip


def test_there_is_one_class_of_each_name():
    names = [name for name in errors.__all__ if isinstance(getattr(errors, name), type)]
    assert [
        name for name in names if getattr(interpreter, name, getattr(errors, name)) is not getattr(errors, name)
    ] == []


ERRORS = [
    errors.RuntimeUserError("CODE", "what", where="there"),
    errors.RuntimeDataValidationError("x", "does not fit", "t", expected="int", got="str"),
    errors.MaxRuntimeExceededError("late", where="t", expected="1 s"),
    errors.DeadlineExceededError("late"),
    errors.TaskInterruptedError("CODE", "gone"),
    interpreter.TaskProcessError("failed", recoverable=True, code="USER:X"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_errors_travel_between_processes_as_their_own_class(error):
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is type(error)
    assert (str(back), back.__dict__) == (str(error), error.__dict__)
