"""A value that cannot be converted is no reason to run a task again: it would be the same value."""

from __future__ import annotations

import pytest

import drawloom
from drawloom import task, workflow
from drawloom.interpreter import FlyteRecoverableException, load, run
from literals import DrawloomError, pb
from running import compiled, outcome, quiet
from typeengine import SimpleTransformer, TypeEngine

CALLS = []


class Odd:
    """A class whose conversions fail as a task may: with an error that means `again`."""


def refuse(_):
    CALLS.append("conversion")
    raise FlyteRecoverableException("again")


TypeEngine.register(SimpleTransformer("odd", Odd, pb.LiteralType(simple=pb.SimpleType.STRING), refuse, refuse))


def test_a_failed_conversion_of_a_result_is_not_tried_again():
    CALLS.clear()

    @task(retries=3)
    def gives() -> Odd:
        CALLS.append("task")
        return Odd()

    @workflow
    def wf() -> Odd:
        return gives()

    result = outcome(wf)
    assert result.failure is not None
    assert CALLS == ["task", "conversion"]


def test_nor_is_one_of_a_task_of_an_environment_which_tries_again_after_any_error():
    CALLS.clear()

    @drawloom.TaskEnvironment("conversions").task(retries=3)
    def gives() -> Odd:
        CALLS.append("task")
        return Odd()

    with pytest.raises(DrawloomError):
        drawloom.run(gives)
    assert CALLS == ["task", "conversion"]


def test_an_argument_that_cannot_be_converted_is_not_tried_again():
    CALLS.clear()

    @task(retries=3)
    def takes(odd: Odd) -> int:
        CALLS.append("task")
        return 1

    @workflow
    def wf(given: Odd) -> int:
        return takes(odd=given)

    made = compiled(wf)
    literal = pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(string_value="a"))).SerializeToString()
    program = load(made.bundle.SerializeToString())
    result = run(program, {"given": literal}, entity=wf.name, entities=made.entities, options=quiet())
    assert result.failure is not None
    assert CALLS == ["conversion"]


def test_nor_where_such_a_task_is_a_node_of_a_workflow():
    CALLS.clear()

    @drawloom.TaskEnvironment("conversions_of_nodes").task(retries=3)
    def gives() -> Odd:
        CALLS.append("task")
        return Odd()

    @workflow
    def wf() -> Odd:
        return gives()

    assert outcome(wf).failure is not None
    assert CALLS == ["task", "conversion"]
