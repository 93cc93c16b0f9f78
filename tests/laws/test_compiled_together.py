"""What is compiled together is what is compiled alone: no use of an entity says anything about another use of it."""

from __future__ import annotations

import datetime
import itertools
import typing

import pytest
from hypothesis import given
from hypothesis import strategies as st

import flow_tasks as t
from compiler import (
    Cache,
    Emitter,
    LaunchPlan,
    PodTemplate,
    Resources,
    SerializationSettings,
    compile_bundle,
    map_task,
    workflow,
)
from drawloom.ir import verify
from literals import pb
from typeengine import TypeEngine

SETTINGS = SerializationSettings(project="p", domain="d", version="v")
_numbers = itertools.count()


def _inner(x: int) -> int:
    return t.inc(n=x).with_overrides(retries=4)


_inner.__module__ = "flow_tasks"
INNER = workflow(_inner)
PLAN = LaunchPlan.get_or_create(INNER, "flow_tasks.together")
MAPPED = map_task(t.inc)

FOR_ANY = {
    "name": st.sampled_from(["special", "other"]),
    "retries": st.integers(0, 5),
    "interruptible": st.booleans(),
    "timeout": st.sampled_from([datetime.timedelta(seconds=1), 90]),
    "cache": st.sampled_from([Cache(version="1"), Cache(version="2", serialize=True)]),
    "aliases": st.just({"o0": "renamed"}),
}
FOR_TASKS = {
    **FOR_ANY,
    "container_image": st.sampled_from(["other:1", "other:2"]),
    "requests": st.sampled_from([Resources(cpu="1"), Resources(mem="1Gi", gpu="1")]),
    "limits": st.just(Resources(cpu="2")),
    "shared_memory": st.just(True),
    "pod_template": st.just(PodTemplate(primary_container_name="main")),
}
ENTITIES = {
    "inc": (lambda x: t.inc(n=x), FOR_TASKS),
    "flaky": (lambda x: t.flaky(a=x, fails=0, token="t"), FOR_TASKS),
    "grow": (lambda x: t.grow(a=x, token="t"), FOR_TASKS),
    "inner": (lambda x: INNER(x=x), FOR_ANY),
    "plan": (lambda x: PLAN(x=x), FOR_ANY),
    "map": (lambda x: MAPPED(n=[x, 1]), {name: FOR_TASKS[name] for name in FOR_TASKS if name != "aliases"}),
}


@st.composite
def calls(draw):
    kind = draw(st.sampled_from(sorted(ENTITIES)))
    settings = draw(st.fixed_dictionaries({}, optional=ENTITIES[kind][1]))
    return kind, settings


def build(listed, name=None):
    def body(x: int) -> None:
        for kind, settings in listed:
            made = ENTITIES[kind][0](x)
            if settings:
                made.with_overrides(**settings)

    body.__name__ = body.__qualname__ = name or f"together_{next(_numbers)}"
    body.__module__ = "flow_tasks"
    return workflow(body)


def specs(*entities):
    return {(name, kind): data for name, kind, data in compile_bundle(entities, SETTINGS).written}


@given(st.lists(st.lists(calls(), min_size=1, max_size=4), min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_workflows_compiled_together_have_the_bytes_that_each_has_alone(bodies, random):
    made = [build(body) for body in bodies]
    alone: dict = {}
    for each in made:
        alone |= specs(each)
    random.shuffle(made)
    assert specs(*made) == alone


@given(st.lists(calls(), min_size=1, max_size=5))
def test_a_node_says_what_its_own_call_said(listed):
    made = compile_bundle([build(listed)], SETTINGS)
    assert verify(made.bundle) == ()
    nodes = made.bundle.workflows[0].primary.template.nodes
    for node, call in zip(nodes, listed, strict=True):
        (alone,) = compile_bundle([build([call])], SETTINGS).bundle.workflows[0].primary.template.nodes
        node.id = alone.id
        assert node == alone


@given(st.lists(calls(), min_size=1, max_size=5))
def test_the_two_writers_of_nodes_agree(listed):
    made = build(listed)
    emitter = Emitter(SETTINGS)
    written = list(emitter.workflow_template(made).nodes)
    assert [emitter.node(node) for node in made.nodes] == written
    assert [pb.Node.FromString(node.SerializeToString()) for node in written] == written


@pytest.mark.parametrize("hints", list(itertools.permutations([list[int | str], list[str | int]])))
def test_the_order_of_variants_is_that_of_the_hint_whichever_was_used_first(hints):
    for hint in hints:
        variants = TypeEngine.to_literal_type(hint).collection_type.union_type.variants
        assert [variant.structure.tag for variant in variants] == [
            {int: "int", str: "str"}[cls] for cls in typing.get_args(typing.get_args(hint)[0])
        ]
