from __future__ import annotations

import datetime

import pytest

from compiler import A100, T4, Cache, Emitter, PodTemplate, Resources, SerializationSettings, compile_bundle, workflow
from compiler_cases import control_cases as t
from drawloom.ir import check

SETTINGS = SerializationSettings(project="p", domain="d", version="v")


def overridden(**given):
    @workflow
    def wf(n: int) -> int:
        return t.inc(n=n).with_overrides(**given)

    check(compile_bundle([wf], SETTINGS).bundle)
    return Emitter(SETTINGS).workflow_spec(wf).template.nodes[0]


def test_each_field_has_its_place():
    node = overridden(
        node_name="My_Node",
        name="shown",
        aliases={"o0": "renamed"},
        timeout=datetime.timedelta(seconds=90),
        retries=3,
        interruptible=False,
        cache=Cache(version="v1", serialize=True),
        requests=Resources(cpu="1", mem="1Gi"),
        limits=Resources(cpu="2"),
        container_image="other:1",
        accelerator=T4,
        shared_memory="1Gi",
        pod_template=PodTemplate(),
    )
    assert (node.id, node.metadata.name, node.metadata.timeout.seconds, node.metadata.retries.retries) == (
        "my-node",
        "shown",
        90,
        3,
    )
    assert (node.metadata.interruptible, node.metadata.cacheable, node.metadata.cache_version) == (False, True, "v1")
    assert node.output_aliases[0].alias == "renamed"
    overrides = node.task_node.overrides
    assert overrides.resources.limits[0].value == "2"
    assert overrides.container_image == "other:1"
    assert overrides.extended_resources.gpu_accelerator.device == "nvidia-tesla-t4"
    assert overrides.extended_resources.shared_memory.size_limit == "1Gi"
    assert overrides.pod_template.primary_container_name == "primary"


def test_a_second_call_keeps_what_the_first_said():
    @workflow
    def wf(n: int) -> int:
        return t.inc(n=n).with_overrides(cache=True, cache_version="1", accelerator=A100).with_overrides(retries=1)

    node = Emitter(SETTINGS).workflow_spec(wf).template.nodes[0]
    assert node.metadata.cacheable
    assert node.metadata.retries.retries == 1
    assert node.task_node.overrides.extended_resources.gpu_accelerator.device == "nvidia-tesla-a100"


def test_a_device_among_the_resources_is_an_accelerator():
    node = overridden(resources=Resources(gpu="T4:2", shm="auto"))
    assert node.task_node.overrides.resources.requests[0].value == "2"
    assert node.task_node.overrides.extended_resources.gpu_accelerator.device == "nvidia-tesla-t4"


@pytest.mark.parametrize(
    "given",
    [
        {"bogus": 3}, {"timeout": "60"}, {"timeout": -1}, {"retries": -1}, {"retries": True}, {"retries": 1.5},
        {"interruptible": 1}, {"aliases": ["x"]}, {"aliases": {"zz": "x"}}, {"aliases": {"o0": ""}}, {"name": 3},
        {"cache": True}, {"cache": 3}, {"cache": Cache("auto")}, {"cache": Cache(version="1"), "cache_version": "2"},
        {"cache": Cache(version="1", ignored_inputs="n")}, {"cache_ignore_input_vars": ("n",)},
        {"requests": "1"}, {"requests": Resources(cpu=("1", "2"))}, {"resources": Resources(), "limits": Resources()},
        {"container_image": 5}, {"accelerator": "T4"}, {"shared_memory": 5}, {"pod_template": {}}, {"task_config": object()},
    ],
)  # fmt: skip
def test_what_a_node_cannot_hold_is_refused(given):
    with pytest.raises(ValueError):
        overridden(**given)


def test_a_promise_cannot_be_a_setting():
    @workflow
    def wf(n: int) -> int:
        return t.inc(n=n).with_overrides(retries=n)

    with pytest.raises(AssertionError, match="promise"):
        wf.compile()


def test_a_sub_workflow_has_no_place_for_resources():
    @workflow
    def sub(n: int) -> int:
        return t.inc(n=n)

    @workflow
    def wf(n: int) -> int:
        return sub(n=n).with_overrides(requests=Resources(cpu="1"))

    with pytest.raises(ValueError, match="no place"):
        wf.compile()
