"""Resources as the message of a container and as a pod spec of the Kubernetes client."""

from __future__ import annotations

import dataclasses
import sys
import types

import pytest

from compiler import (
    T4,
    OptionError,
    Resources,
    construct_extended_resources,
    convert_resources_to_resource_model,
    pod_spec_from_resources,
)
from literals import pb

ALL = Resources(cpu="1", mem="2Gi", gpu="1", ephemeral_storage="3Gi")


@pytest.fixture
def kubernetes(monkeypatch):
    """A package of that name with the three classes: the real one is no requirement of drawloom."""
    names = {
        "V1ResourceRequirements": ("requests", "limits"),
        "V1Container": ("name", "resources"),
        "V1PodSpec": ("containers",),
    }
    client = types.ModuleType("kubernetes.client")
    for name, fields in names.items():
        setattr(client, name, dataclasses.make_dataclass(name, fields))
    monkeypatch.setitem(sys.modules, "kubernetes", types.ModuleType("kubernetes"))
    monkeypatch.setitem(sys.modules, "kubernetes.client", client)
    return client


def entries(message):
    return {pb.Resources.ResourceName.Name(entry.name): entry.value for entry in message}


def test_the_message_has_what_is_given_and_nothing_else():
    assert convert_resources_to_resource_model() == pb.Resources()
    made = convert_resources_to_resource_model(requests=ALL, limits=Resources(mem="4Gi"))
    assert entries(made.requests) == {"CPU": "1", "MEMORY": "2Gi", "GPU": "1", "EPHEMERAL_STORAGE": "3Gi"}
    assert entries(made.limits) == {"MEMORY": "4Gi"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, None),
        ({"shared_memory": False}, None),
        ({"shared_memory": True}, ""),
        ({"shared_memory": "2Gi"}, "2Gi"),
        ({"accelerator": T4}, None),
    ],
    ids=["nothing", "not-wanted", "of-any-size", "of-a-size", "accelerator"],
)
def test_what_a_task_needs_besides(given, said):
    made = construct_extended_resources(**given)
    assert (made is not None and made.HasField("gpu_accelerator")) == ("accelerator" in given)
    if said is None:
        assert made is None or not made.HasField("shared_memory")
    else:
        assert made.shared_memory.size_limit == said


@pytest.mark.parametrize(
    ("requests", "limits", "asked", "allowed"),
    [
        (None, None, None, None),
        (ALL, None, {"cpu": "1", "memory": "2Gi", "x.com/chip": "1", "ephemeral-storage": "3Gi"}, None),
        (None, Resources(cpu=2), None, {"cpu": 2}),
        (Resources(cpu="1"), Resources(cpu="2", gpu="T4:3"), {"cpu": "1"}, {"cpu": "2", "x.com/chip": "3"}),
    ],
    ids=["neither", "requests", "limits", "both"],
)
@pytest.mark.usefixtures("kubernetes")
def test_the_container_of_a_pod_spec_asks_for_them_under_kubernetes_names(requests, limits, asked, allowed):
    made = pod_spec_from_resources("main", requests, limits, k8s_gpu_resource_key="x.com/chip")
    [container] = made.containers
    assert container.name == "main"
    assert (container.resources.requests, container.resources.limits) == (asked or allowed, allowed or asked)


@pytest.mark.parametrize("made", [convert_resources_to_resource_model, pod_spec_from_resources])
@pytest.mark.parametrize("which", ["requests", "limits"])
def test_a_pair_of_request_and_limit_has_no_place_there(made, which):
    with pytest.raises(OptionError, match="is a pair where one value belongs"):
        made(**{which: Resources(cpu=("1", "2"))})


def test_without_the_client_there_is_no_pod_spec(monkeypatch):
    monkeypatch.setitem(sys.modules, "kubernetes", None)
    monkeypatch.delitem(sys.modules, "kubernetes.client", raising=False)
    with pytest.raises(OptionError, match="needs the package kubernetes"):
        pod_spec_from_resources(requests=ALL)
