from __future__ import annotations

import asyncio

import pytest

from compiler import (
    Emitter,
    LaunchPlan,
    SerializationSettings,
    conditional,
    dynamic,
    eager,
    map_task,
    reference_task,
    with_dependencies,
    workflow,
)
from compiler_cases import control_cases as t
from drawloom.context import using
from literals import DrawloomError

SETTINGS = SerializationSettings(project="p", domain="d", version="v", env={"A": "1"})


@dynamic
def spread(n: int) -> int:
    return t.total(xs=[t.inc(n=i) for i in range(n)])


@workflow
def sub(n: int) -> int:
    return t.inc(n=n)


plan = LaunchPlan.get_or_create(sub, "dynamic.plan")


@dynamic
def everything(n: int) -> list[int]:
    a = sub(n=n)
    b = plan(n=a)
    c = conditional("c").if_(b > 1).then(t.inc(n=t.inc(n=b))).else_().then(a)
    return map_task(t.inc)(n=[a, b, c])


@dynamic
def constant(n: int) -> tuple[int, list[str]]:
    return n + 1, ["a"]


@reference_task(project="rp", domain="rd", name="remote.t", version="1")
def ref(n: int) -> int: ...


@dynamic
def refers(n: int) -> int:
    return ref(n=n)


def expand(entity, **kwargs):
    with using(settings=SETTINGS):
        return entity.expand(**kwargs)


def test_each_call_gives_a_graph_of_its_own():
    assert [len(expand(spread, n=n).spec.nodes) for n in (2, 4, 0)] == [3, 5, 1]
    assert [node.id for node in expand(spread, n=1).spec.nodes] == ["dn0", "dn1"]


def test_a_specification_holds_all_templates_and_the_entities_are_alive():
    made = expand(everything, n=1)
    assert sorted(task.id.name.rpartition(".")[2] for task in made.spec.tasks)[0] == "inc"
    assert {w.id.name.rpartition(".")[2] for w in made.spec.subworkflows} == {"sub", "dn2-dn0", "dn2-dn1"}
    assert [p.id.name for p in made.launch_plans] == ["dynamic.plan"]
    assert t.inc in made.entities.values()
    assert made.spec.min_successes == len(made.spec.nodes)


def test_a_body_without_calls_gives_constants():
    made = expand(constant, n=1)
    assert list(made.spec.nodes) == []
    assert {b.var for b in made.spec.outputs} == {"o0", "o1"}
    assert made.spec.outputs[0].binding.scalar.primitive.integer == 2


def test_mistakes_in_the_body_are_those_of_a_workflow():
    @dynamic
    def wrong(n: int) -> int:
        return t.inc(n="x")

    with pytest.raises(AssertionError):
        expand(wrong, n=1)
    with pytest.raises(AssertionError, match="reference task"):
        expand(refers, n=1)


def test_the_container_knows_the_settings():
    env = {pair.key: pair.value for pair in Emitter(SETTINGS).task_template(spread).container.env}
    assert list(env) == ["A", "_F_SS_C"]
    assert SerializationSettings.from_transport(env["_F_SS_C"]).project == "p"


def test_hints_are_written_before_the_task():
    @dynamic(node_dependency_hints=[plan])
    def hinted(n: int) -> int:
        return plan(n=n)

    names = [entity.name for entity in with_dependencies([hinted])]
    assert names.index("dynamic.plan") < names.index(hinted.name)


def test_an_async_body_is_refused():
    async def body(n: int) -> int:
        return n

    with pytest.raises(DrawloomError, match="async"):
        dynamic(body)


@eager
async def simple(n: int) -> int:
    return n + 1


def test_an_eager_task_travels_with_its_workflow_and_clean_up():
    names = [(entity.resource_type, entity.name.rpartition(".")[2]) for entity in with_dependencies([simple])]
    assert names == [(1, "simple"), (1, "simple-cleanup"), (2, "simple"), (3, "simple")]
    spec = Emitter(SETTINGS).workflow_spec(simple.get_as_workflow())
    assert spec.template.failure_node.id == "efn"
    assert Emitter(SETTINGS).task_template(simple).metadata.is_eager
    assert asyncio.run(simple.execute(n=1)) == 2


def test_a_plain_function_is_not_eager():
    def body(n: int) -> int:
        return n

    with pytest.raises(DrawloomError, match="not async"):
        eager(body)
