"""What may be bound to a declared type is one judgement: at the call, in what is written, in what is verified, when run."""

from __future__ import annotations

import dataclasses
import itertools
import typing

import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st

import type_table as types
from compiler import Emitter, Interface, Promise, Task
from compiler.graph.bind import bind, constant
from compiler.graph.node import Node, start_node
from compiler.graph.promise import NodeOutput
from compiler.workflows.generated_workflow import InnerWorkflow
from drawloom.ir import mismatch, verify
from drawloom.ir.entity_index import EntityIndex, signature
from drawloom.ir.node_rules import check_node
from drawloom.ir.problems import Diagnostics
from literals import DrawloomError, attempt, pb
from typeengine import default_engine

codec = default_engine().codec


@dataclasses.dataclass
class Point3(types.Point):
    z: float = 0.0


class BiggerModel(types.Model):
    more: int = 0


class OpenModel(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="allow")
    x: int


HINTS = [
    int, float, str, bool, types.Color, types.Level, types.dt.datetime, types.dt.timedelta, list[int], list[str],
    list[types.Color], dict[str, int], dict[str, list[int]], typing.Optional[int], typing.Union[int, str],
    typing.Union[int, str, None], list[typing.Optional[int]], types.Point, Point3, types.Model, BiggerModel, OpenModel,
    typing.Optional[types.Point], typing.Optional[Point3], list[types.Point], list[Point3], dict, types.Pair, types.Movie,
    types.FlyteFile, types.FlyteFile["csv"], types.FlyteDirectory, types.StructuredDataset, types.Shape, types.Tree,
]  # fmt: skip
VALUES = [1, -1.5, "red", True, None, [1], {"a": 1}, types.Color.RED, types.Point(1), Point3(1), types.Model(x=1)]


def task(name, takes, gives):
    return Task("python-task", f"m.{name}", Interface(takes, gives))


def template(bound, source, target):
    """The workflow that calls `source` and gives its output, or a constant, to `target`; and whether it was found sound."""
    first = Node("n0", source, [], None)
    data = bound(first)
    flow = InnerWorkflow(lambda: "m.wf", Interface({}, {}), [first, Node("n1", target, [("x", data)], None)], [])
    emitter = Emitter()
    closure = pb.CompiledWorkflowClosure()
    closure.primary.template.CopyFrom(emitter.workflow_template(flow))
    for each in (source, target):
        closure.tasks.add().template.CopyFrom(emitter.task_template(each))
    return closure, emitter.written(flow).sound


def problems(closure):
    return {problem.rule for problem in verify(closure)} & {"binding-type", "binding-constant", "binding-container"}


def by_the_rules(closure):
    index = EntityIndex()
    index.add_tasks(each.template for each in closure.tasks)
    scope = {"": {}, "n0": signature(closure.tasks[0].template.interface).outputs}
    found = Diagnostics()
    check_node(closure.primary.template.nodes[1], scope, index, found, 0)
    return {problem.rule for problem in found.found}


@pytest.mark.parametrize("down", HINTS, ids=str)
def test_an_output_flows_at_the_call_as_in_the_message(down):
    target = task("target", {"x": down}, {})
    for up in HINTS:
        source = task("source", {}, {"o": up})
        asked = mismatch(codec(up).literal_type, codec(down).literal_type)
        node = Node("n0", source, [], None)
        called = attempt(bind, Promise("o", NodeOutput(node, "o"), up), down, codec(down))
        assert (called.error is None) is (asked is None), (up, down, called.error)
        closure, sound = template(lambda first, up=up: Promise("o", NodeOutput(first, "o"), up), source, target)
        assert sound is (asked is None), (up, down)
        assert problems(closure) == by_the_rules(closure) == ({"binding-type"} if asked else set()), (up, down)


@pytest.mark.parametrize("down", HINTS, ids=str)
def test_a_constant_that_is_taken_at_the_call_is_right_in_the_message(down):
    source, target = task("source", {}, {"o": int}), task("target", {"x": down}, {})
    for value in VALUES:
        try:
            data = constant(value, codec(down))
        except DrawloomError:
            continue
        assert mismatch(pb.Literal.FromString(codec(down).encode(value)), codec(down).literal_type) is None
        closure, _ = template(lambda first, data=data: data, source, target)  # noqa: ARG005 - nothing of it flows
        assert problems(closure) == by_the_rules(closure) == set(), (value, down)


@pytest.mark.parametrize(("up", "down"), [*itertools.permutations([int, float, str, bool, types.Color], 2)], ids=str)
def test_a_constant_of_another_type_is_found_by_all(up, down):
    value = {int: 1, float: 1.5, str: "x", bool: True, types.Color: types.Color.RED}[up]
    literal = codec(up).encode(value)
    source, target = task("source", {}, {"o": int}), task("target", {"x": down}, {})
    asked = mismatch(pb.Literal.FromString(literal), codec(down).literal_type)
    closure, sound = template(lambda _: literal, source, target)
    assert sound is (asked is None)
    assert problems(closure) == by_the_rules(closure) == ({"binding-constant"} if asked else set())


def test_start_nodes_flow_as_others_do():
    flow = InnerWorkflow(lambda: "m.wf", Interface({"a": int}, {}), [], [])
    flow.graph().nodes.append(
        Node("n0", task("t", {"x": int}, {}), [("x", Promise("a", NodeOutput(start_node(), "a"), int))], None)
    )
    assert Emitter().written(flow).sound


FIELDS = {"a": (int, 1), "b": (str, "t"), "c": (float, 1.5), "d": (list[int], [1, 2])}


def record(names, required):
    fields = [(name, FIELDS[name][0]) for name in sorted(names & required)]
    fields += [
        (name, FIELDS[name][0], dataclasses.field(default_factory=lambda name=name: FIELDS[name][1]))
        for name in sorted(names - required)
    ]
    return dataclasses.make_dataclass("Record", fields)


@given(*[st.sets(st.sampled_from(sorted(FIELDS)), min_size=1)] * 2, *[st.sets(st.sampled_from(sorted(FIELDS)))] * 2)
def test_a_record_flows_into_a_class_exactly_if_that_class_reads_it(have, want, have_required, want_required):
    up, down = codec(record(have, have_required)), codec(record(want, want_required))
    literal = up.encode(up.form.origin(**{name: FIELDS[name][1] for name in have}))
    reason = mismatch(up.literal_type, down.literal_type)
    try:
        read = down.decode(literal)
    except DrawloomError:
        assert reason is not None
    else:
        assert reason is None
        assert {name: getattr(read, name) for name in have} == {name: FIELDS[name][1] for name in have}
