"""What a Flyte 1 cluster refuses of tasks when they are registered.

Each rule's docstring names the Go function of `flyteadmin` that it is of. Empty projects, domains and versions are no
mistake here: `flytectl register` fills them in.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, TypeAlias

from drawloom.ir.kubernetes import is_dns_label, quantity
from drawloom.ir.platform import Finding, Platform
from literals import pb

if TYPE_CHECKING:
    from google.protobuf import struct_pb2

FLYTE1 = Platform("flyte1", "Flyte 1")

_RESOURCES = {1: "cpu", 2: "gpu", 3: "memory", 4: "storage", 5: "ephemeral storage"}
_COMPARED = frozenset({"cpu", "memory", "ephemeral storage"})
_POD_NAMES = {"ephemeral-storage": "ephemeral storage", "nvidia.com/gpu": "gpu"}
_OFFLOADING = (1, 13, 14)
_VERSION = re.compile(r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?")
_QUANTITY_FORM = "digits with an optional suffix such as m, k, M, G, Ki, Mi or Gi"


# -- tasks


@FLYTE1.rule("task-metadata", "a task has metadata", "task")
def _metadata(task: pb.TaskTemplate) -> Iterator[Finding]:
    """`validateTaskTemplate` in flyteadmin/pkg/manager/impl/validation/task_validator.go."""
    if not task.HasField("metadata"):
        yield Finding("the task has no metadata", fix="compile it again")


@FLYTE1.rule("task-runtime-version", "a task names the version of its runtime", "task")
def _runtime_version(task: pb.TaskTemplate) -> Iterator[Finding]:
    """`validateRuntimeMetadata` in flyteadmin/pkg/manager/impl/validation/task_validator.go."""
    if task.metadata.HasField("runtime") and not task.metadata.runtime.version:
        yield Finding("the task's runtime has no version", expected="metadata.runtime.version", fix="compile it again")


@FLYTE1.rule("task-interface", "a task has an interface, if an empty one", "task")
def _interface(task: pb.TaskTemplate) -> Iterator[Finding]:
    """`validateTaskTemplate` in flyteadmin/pkg/manager/impl/validation/task_validator.go."""
    if not task.HasField("interface"):
        yield Finding("the task has no interface", fix="compile it again")


@FLYTE1.rule("container-image", "a container has an image", "task")
def _image(task: pb.TaskTemplate) -> Iterator[Finding]:
    """`validateContainer` in flyteadmin/pkg/manager/impl/validation/task_validator.go."""
    if task.HasField("container") and not task.container.image:
        yield Finding("the container has no image", fix="give container_image= or a default image (--image)")


@FLYTE1.rule("container-command", "a container whose task takes or gives something has a command or arguments", "task")
def _command(task: pb.TaskTemplate) -> Iterator[Finding]:
    """`validateContainerCommand` in flytepropeller/pkg/compiler/task_compiler.go."""
    has_data = task.interface.inputs.variables or task.interface.outputs.variables
    if task.HasField("container") and has_data and not task.container.command and not task.container.args:
        yield Finding("the container has neither a command nor arguments", fix="give command= or arguments=")


@FLYTE1.rule(
    "task-offloading", "a task's runtime is of a version that reads values from the store", "task", refuses=False
)
def _offloading(task: pb.TaskTemplate) -> Iterator[Finding]:
    """`CheckOffloadingCompat` in flytepropeller/pkg/controller/nodes/common/utils.go: refused when such a value arrives."""
    runtime = task.metadata.runtime
    if runtime.type != pb.RuntimeMetadata.FLYTE_SDK or not runtime.version:
        return
    found = _VERSION.match(runtime.version)
    if found is None or tuple(int(part or 0) for part in found.groups()) < _OFFLOADING:
        least = ".".join(map(str, _OFFLOADING))
        yield Finding(
            "the task's runtime is too old for values that lie in the store",
            f"at least {least}",
            runtime.version,
            "compile it again",
        )


def _quantities(task: pb.TaskTemplate) -> Iterator[tuple[str, str, str, str]]:
    """(where, kind of resource, request, limit) of the task's container, or of the containers of its pod."""
    if task.HasField("container"):
        requests = {entry.name: entry.value for entry in task.container.resources.requests}
        limits = {entry.name: entry.value for entry in task.container.resources.limits}
        for number in sorted({*requests, *limits}):
            if number in _RESOURCES:
                yield "container", _RESOURCES[number], requests.get(number, ""), limits.get(number, "")
    for name, container in pod_containers(task):
        resources = _fields(container, "resources")
        asked, most = (
            {kind: _text(value) for kind, value in _fields(resources, side).items()} for side in ("requests", "limits")
        )
        for kind in sorted({*asked, *most}):
            yield f"pod container {name}", _POD_NAMES.get(kind, kind), asked.get(kind, ""), most.get(kind, "")


_Fields: TypeAlias = "Mapping[str, struct_pb2.Value]"


def _fields(of: _Fields, name: str) -> _Fields:
    return of[name].struct_value.fields if name in of else {}


def _text(value: struct_pb2.Value) -> str:
    number = value.number_value
    if value.WhichOneof("kind") == "number_value":
        return str(int(number)) if number.is_integer() else str(number)
    return value.string_value


def pod_containers(task: pb.TaskTemplate) -> Iterator[tuple[str, _Fields]]:
    """The containers of a task's pod by name, the init containers last."""
    spec = task.k8s_pod.pod_spec.fields
    for field in ("containers", "initContainers"):
        for item in spec[field].list_value.values if field in spec else ():
            container = item.struct_value.fields
            yield _text(container["name"]) if "name" in container else "", container


@FLYTE1.rule("resource-quantity", "a resource is a quantity of Kubernetes", "task")
def _quantity(task: pb.TaskTemplate) -> Iterator[Finding]:
    """`addResourceEntryToMap` in flyteadmin/pkg/manager/impl/validation/task_validator.go.

    Of what else a task asks for (`storage`) it is `validateResource` in flytepropeller/pkg/compiler/task_compiler.go.
    """
    for where, kind, request, limit in _quantities(task):
        for value in dict.fromkeys((request, limit)):
            if value and "{{" not in value and quantity(value) is None:
                yield Finding(
                    f"the {kind} is not a quantity", _QUANTITY_FORM, value, "write such as 500m or 2Gi", where
                )


@FLYTE1.rule("resource-limit", "no more of a resource is requested than its limit", "task")
def _limit(task: pb.TaskTemplate) -> Iterator[Finding]:
    """`validateResource` in flyteadmin/pkg/manager/impl/validation/task_validator.go."""
    for where, kind, request, limit in _quantities(task):
        asked, most = quantity(request), quantity(limit)
        # Compared are whole numbers there, rounded up: 1 CPU is no more than 500m.
        if kind in _COMPARED and asked is not None and most is not None and math.ceil(asked) > math.ceil(most):
            fix = "raise the limit, or lower the request"
            yield Finding(f"more {kind} is requested than its limit", f"at most {limit}", request, fix, where)


@FLYTE1.rule("gpu-whole", "GPUs come in whole numbers", "task")
def _gpu_whole(task: pb.TaskTemplate) -> Iterator[Finding]:
    """`requestedResourcesToQuantity` in flyteadmin/pkg/manager/impl/validation/task_validator.go."""
    for where, kind, *values in _quantities(task):
        for value in dict.fromkeys(values) if kind == "gpu" else ():
            if (number := quantity(value)) is not None and number % 1:
                yield Finding("a part of a GPU is asked for", "a whole number", value, "ask for whole GPUs", where)


@FLYTE1.rule("gpu-limit", "the limit of GPUs is what is requested", "task")
def _gpu_limit(task: pb.TaskTemplate) -> Iterator[Finding]:
    """`validateResource` in flyteadmin/pkg/manager/impl/validation/task_validator.go."""
    for where, kind, request, limit in _quantities(task):
        if kind == "gpu" and request and limit and quantity(request) != quantity(limit):
            fix = "give the same number twice, or no limit"
            yield Finding("the limit of GPUs is another number than the request", request, limit, fix, where)


@FLYTE1.rule("pod-spec", "a pod has a specification", "task")
def _pod_spec(task: pb.TaskTemplate) -> Iterator[Finding]:
    """`validateK8sPod` in flyteadmin/pkg/manager/impl/validation/task_validator.go."""
    if task.HasField("k8s_pod") and not task.k8s_pod.HasField("pod_spec"):
        yield Finding("the pod has no specification", fix="give the PodTemplate a pod_spec")


@FLYTE1.rule("pod-primary-container", "the primary container of a pod is one of its containers", "task")
def _primary_container(task: pb.TaskTemplate) -> Iterator[Finding]:
    """`BuildRawPod` in flyteplugins/go/tasks/pluginmachinery/flytek8s/pod_helper.go."""
    name = task.k8s_pod.primary_container_name or task.config.get("primary_container_name", "")
    names = [each for each, _ in pod_containers(task)]
    if task.k8s_pod.HasField("pod_spec") and name and name not in names:
        yield Finding(
            "the pod's primary container is not one of its containers",
            ", ".join(names) or "a container",
            name,
            "name one of them as primary_container_name",
        )


@FLYTE1.rule("pod-container-name", "a container of a pod has a name that Kubernetes takes", "task")
def _container_name(task: pb.TaskTemplate) -> Iterator[Finding]:
    """`validation.IsDNS1123Label` in k8s.io/apimachinery, which the API server asks of every container."""
    for name, _ in pod_containers(task):
        if not is_dns_label(name):
            yield Finding(
                "the pod has a container of this name", "lower-case letters, digits and dashes", name, "rename it"
            )
