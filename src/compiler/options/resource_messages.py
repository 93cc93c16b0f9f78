"""Resources in the forms that other programs read: the message of a container, and the pod spec of the Kubernetes client.

The names are flytekit's, and Flyte 2's for the pod spec; both give what the peers give.
"""

from __future__ import annotations

import importlib
from typing import Any

from compiler.errors import OptionError
from compiler.options.accelerators import BaseAccelerator
from compiler.options.resources import RESOURCE_TYPES, Resources, check_single
from compiler.options.task_options import check_shared_memory, extended_resources, resources_message
from literals import attempt, pb

_KUBERNETES_NAMES = {"cpu": "cpu", "mem": "memory", "ephemeral_storage": "ephemeral-storage"}


def convert_resources_to_resource_model(
    requests: Resources | None = None, limits: Resources | None = None
) -> pb.Resources:
    """What is asked for and what is the limit, as the message of a container.

    Raises:
        OptionError: a pair, where one value belongs.
    """
    for name, given in (("requests", requests), ("limits", limits)):
        check_single(given, name)
    return resources_message(requests, limits)


def construct_extended_resources(
    *, accelerator: BaseAccelerator | None = None, shared_memory: bool | str | None = None
) -> pb.ExtendedResources | None:
    """Accelerator and shared memory as the message of a task; None where neither is asked for.

    Raises:
        OptionError: one of them is of another kind.
    """
    check_shared_memory(shared_memory, "shared_memory")
    return extended_resources(accelerator, shared_memory)


def pod_spec_from_resources(
    primary_container_name: str = "primary",
    requests: Resources | None = None,
    limits: Resources | None = None,
    k8s_gpu_resource_key: str = "nvidia.com/gpu",
) -> Any:
    """A `V1PodSpec` of the Kubernetes client with one container that asks for these resources.

    Where only one of requests and limits is given, it is the other one too. `k8s_gpu_resource_key`: under which name the
    cluster gives out accelerators.

    Raises:
        OptionError: a pair, where one value belongs; the client is not installed.
    """
    asked = _by_kubernetes_name(requests, "requests", k8s_gpu_resource_key)
    allowed = _by_kubernetes_name(limits, "limits", k8s_gpu_resource_key)
    client = attempt(importlib.import_module, "kubernetes.client")
    if client.error is not None:
        raise OptionError(
            "a pod spec of the Kubernetes client needs the package kubernetes, which cannot be imported",
            where="pod_spec_from_resources",
            expected="the package kubernetes",
            got=str(client.error),
            fix="install it, or write the pod spec as a dict: PodTemplate takes both",
        ) from client.error
    made: Any = client.value
    needs = made.V1ResourceRequirements(requests=asked or allowed, limits=allowed or asked)
    return made.V1PodSpec(containers=[made.V1Container(name=primary_container_name, resources=needs)])


def _by_kubernetes_name(resources: Resources | None, what: str, gpu_name: str) -> dict[str, Any] | None:
    if resources is None:
        return None
    check_single(resources, what)
    found: dict[str, Any] = {}
    for kind in RESOURCE_TYPES:
        value = getattr(resources, kind.field)
        if value is not None:
            device = resources.device if kind.field == "gpu" else None
            found[_KUBERNETES_NAMES.get(kind.field, gpu_name)] = value if device is None else str(device.quantity)
    return found
