"""Constants among the outputs of a workflow."""

from __future__ import annotations

import pytest

from compiler import task, workflow
from literals import DrawloomError


@task
def inc(a: int) -> int:
    return a + 1


@task
def word() -> str:
    return "w"


def test_a_workflow_may_return_a_constant_beside_its_calls():
    @workflow
    def wf(x: int) -> int:
        inc(a=x)
        return 3

    assert len(wf.nodes) == 1
    assert wf.output_bindings[0].binding.scalar.primitive.integer == 3


def test_constants_stand_beside_promises_and_inside_collections():
    @workflow
    def wf(x: int) -> tuple[int, list[int], str]:
        return inc(a=x), [x, 2], "text"

    first, second, third = (binding.binding for binding in wf.output_bindings)
    assert first.promise.node_id == "n0"
    assert [part.WhichOneof("value") for part in second.collection.bindings] == ["promise", "scalar"]
    assert third.scalar.primitive.string_value == "text"


def test_a_constant_of_another_type_is_refused():
    @workflow
    def wf(x: int) -> int:
        inc(a=x)
        return "three"

    with pytest.raises(DrawloomError, match="declared type"):
        wf.compile()


def test_text_made_of_a_promise_is_no_constant():
    @workflow
    def wf() -> str:
        return f"said {word()}"

    with pytest.raises(DrawloomError, match="promise"):
        wf.compile()
