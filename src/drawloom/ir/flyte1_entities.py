"""What a Flyte 1 cluster refuses of tasks and launch plans when they are registered.

Each rule's docstring names the Go function of `flyteadmin` that it is of. Empty projects, domains and versions are no
mistake here: `flytectl register` fills them in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, TypeAlias

from drawloom.ir.flyte1_types import castable, type_of_literal
from drawloom.ir.kubernetes import cron_mistake, is_dns_label, is_label_value, is_qualified_name, quantity
from drawloom.ir.platform import Finding, Platform
from literals import path, pb, type_text

if TYPE_CHECKING:
    from google.protobuf import struct_pb2

FLYTE1 = Platform("flyte1", "Flyte 1")

_RESOURCES = {1: "cpu", 2: "gpu", 3: "memory", 5: "ephemeral storage"}
_POD_NAMES = {"ephemeral-storage": "ephemeral storage", "nvidia.com/gpu": "gpu"}
_MOST_LABELS = 16
_OFFLOADING = (1, 13, 14)
_FIRST_SECOND, _LAST_SECOND, _SECOND = -62_135_596_800, 253_402_300_799, 1_000_000_000
_VERSION = re.compile(r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?")
_TERMINAL = frozenset({4, 6, 7, 8})  # SUCCEEDED, FAILED, ABORTED, TIMED_OUT
_LABEL_FORM = "letters, digits, -, _ and ."
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
    for name, container in _pod_containers(task):
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


def _pod_containers(task: pb.TaskTemplate) -> Iterator[tuple[str, _Fields]]:
    """The containers of a task's pod by name, the init containers last."""
    spec = task.k8s_pod.pod_spec.fields
    for field in ("containers", "initContainers"):
        for item in spec[field].list_value.values if field in spec else ():
            container = item.struct_value.fields
            yield _text(container["name"]) if "name" in container else "", container


@FLYTE1.rule("resource-quantity", "a resource is a quantity of Kubernetes", "task")
def _quantity(task: pb.TaskTemplate) -> Iterator[Finding]:
    """`addResourceEntryToMap` in flyteadmin/pkg/manager/impl/validation/task_validator.go."""
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
        if kind != "gpu" and asked is not None and most is not None and asked > most:
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
    names = [each for each, _ in _pod_containers(task)]
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
    for name, _ in _pod_containers(task):
        if not is_dns_label(name):
            yield Finding(
                "the pod has a container of this name", "lower-case letters, digits and dashes", name, "rename it"
            )


# -- launch plans


@FLYTE1.rule("plan-labels", f"a launch plan has at most {_MOST_LABELS} labels, as Kubernetes takes them", "plan")
def _labels(plan: pb.LaunchPlan) -> Iterator[Finding]:
    """`validateLabels` in flyteadmin/pkg/manager/impl/validation/validation.go."""
    values = plan.spec.labels.values
    if len(values) > _MOST_LABELS:
        yield Finding(
            "the launch plan has too many labels", f"at most {_MOST_LABELS}", str(len(values)), "leave some out"
        )
    for name in sorted(values):
        if not is_qualified_name(name):
            yield Finding("a label's name is not one that Kubernetes takes", _LABEL_FORM, name, "rename it")
        if not is_label_value(values[name]):
            yield Finding(
                f"the value of label {name!r} is not one that Kubernetes takes",
                _LABEL_FORM,
                values[name],
                "write another value",
            )


@FLYTE1.rule("plan-cron", "a cron schedule has five fields, or is a word with @", "plan")
def _cron(plan: pb.LaunchPlan) -> Iterator[Finding]:
    """`validateSchedule` in flyteadmin/pkg/manager/impl/validation/launch_plan_validator.go (cron.ParseStandard)."""
    schedule = plan.spec.entity_metadata.schedule
    text = schedule.cron_expression or schedule.cron_schedule.schedule  # pyright: ignore[reportDeprecated] - still read
    if text and (mistake := cron_mistake(text)) is not None:
        yield Finding(
            f"the cron expression is not one that the cluster reads: {mistake}",
            "minute, hour, day, month and day of the week (0 is Sunday)",
            text,
            "write five fields, or a word such as @daily",
        )


@FLYTE1.rule("plan-kickoff", "the input that takes a schedule's time is free", "plan")
def _kickoff(plan: pb.LaunchPlan) -> Iterator[Finding]:
    """`validateSchedule` in flyteadmin/pkg/manager/impl/validation/launch_plan_validator.go."""
    name = plan.spec.entity_metadata.schedule.kickoff_time_input_arg
    if name and name in plan.spec.fixed_inputs.literals:
        yield Finding(f"the schedule gives its time to {name!r}, which the plan fixes", fix="do not fix it")


@FLYTE1.rule(
    "plan-value-castable", "a default or fixed value is of a type that the cluster lets flow into the input", "plan"
)
def _default_value(plan: pb.LaunchPlan) -> Iterator[Finding]:
    """`validateParameterMap` in flyteadmin/pkg/manager/impl/validation/validation.go, by `AreTypesCastable` of flytepropeller."""
    for name, parameter in sorted(plan.spec.default_inputs.parameters.items()):
        if parameter.WhichOneof("behavior") != "default":
            continue
        found = type_of_literal(parameter.default)
        if found is not None and not castable(found, parameter.var.type):
            yield Finding(
                f"the default of input {name!r} does not flow into it on the cluster",
                type_text(parameter.var.type),
                type_text(found),
                "leave the default out, and let a task give it",
                f"default_inputs.{name}",
            )


@FLYTE1.rule("plan-datetime", "a point in time lies in the years 1 to 9999", "plan")
def _datetime(plan: pb.LaunchPlan) -> Iterator[Finding]:
    """`ValidateDatetime` in flyteadmin/pkg/manager/impl/validation/validation.go, by `Timestamp.CheckValid`."""
    given = {f"default_inputs.{n}": p.default for n, p in plan.spec.default_inputs.parameters.items()}
    given |= {f"fixed_inputs.{n}": each for n, each in plan.spec.fixed_inputs.literals.items()}
    for where, literal in sorted(given.items()):
        time = literal.scalar.primitive.datetime
        if not (_FIRST_SECOND <= time.seconds <= _LAST_SECOND and 0 <= time.nanos < _SECOND):
            shown = f"{time.seconds} s, {time.nanos} ns"
            yield Finding("a point in time cannot be", "one in the years 1 to 9999", shown, "give another", where)


@FLYTE1.rule("plan-artifact-query", "no input is filled by a query for an artifact", "plan")
def _artifact_query(plan: pb.LaunchPlan) -> Iterator[Finding]:
    """`validateParameterMapDisableArtifacts` in flyteadmin/pkg/manager/impl/validation/validation.go."""
    for name, parameter in sorted(plan.spec.default_inputs.parameters.items()):
        if parameter.WhichOneof("behavior") == "artifact_query":
            fix = "give a default, or switch featureGates.enableArtifacts on"
            yield Finding(f"input {name!r} is filled by a query for an artifact, which is off by default", fix=fix)


@FLYTE1.rule("plan-launch-condition", "a launch plan has no condition of its own for being launched", "plan")
def _launch_condition(plan: pb.LaunchPlan) -> Iterator[Finding]:
    """`ValidateLaunchPlan` in flyteadmin/pkg/manager/impl/validation/launch_plan_validator.go."""
    if plan.spec.entity_metadata.HasField("launch_conditions"):
        yield Finding("the launch plan waits for artifacts, which this platform does not know", fix="use a schedule")


@FLYTE1.rule("plan-notification-phase", "a notification is for the end of an execution", "plan")
def _notification_phase(plan: pb.LaunchPlan) -> Iterator[Finding]:
    """`validateNotifications` in flyteadmin/pkg/manager/impl/validation/notifications_validator.go."""
    for index, notification in enumerate(plan.spec.entity_metadata.notifications):
        for phase in notification.phases:
            if phase not in _TERMINAL:
                where = f"notifications{path.at_index(index)}"
                yield Finding(
                    "a phase is not one in which an execution has ended",
                    "SUCCEEDED, FAILED, ABORTED or TIMED_OUT",
                    str(phase),
                    "leave it out",
                    where,
                )


@FLYTE1.rule("plan-notification-recipients", "a notification has someone to go to", "plan")
def _notification_recipients(plan: pb.LaunchPlan) -> Iterator[Finding]:
    """`validateRecipientsEmail` in flyteadmin/pkg/manager/impl/validation/notifications_validator.go."""
    for index, notification in enumerate(plan.spec.entity_metadata.notifications):
        kind = notification.WhichOneof("type")
        mails = list(getattr(notification, kind).recipients_email) if kind else []
        if kind and not all(mails or [""]):
            yield Finding(
                "a notification has no recipient, or an empty one",
                fix="name its recipients",
                where=f"notifications{path.at_index(index)}",
            )
