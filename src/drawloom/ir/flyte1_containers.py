"""What a Flyte 1 cluster refuses of tasks when their containers start: each attempt fails, although the task registers.

Each rule's docstring names the Go function that it is of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

from drawloom.ir.flyte1_entities import pod_containers
from drawloom.ir.flyte1_plans import FLYTE1
from drawloom.ir.kubernetes import is_env_name, is_plain_env_name
from drawloom.ir.platform import Finding
from literals import pb, type_text

if TYPE_CHECKING:
    from google.protobuf import struct_pb2

_INPUT = re.compile(r"\{\{\s*[.$]inputs\.([^}\s]+)\s*\}\}", re.IGNORECASE)
_BINARY, _ERROR, _NONE = 7, 8, 0
_NO_TEXT: Final = frozenset({_BINARY, _ERROR, _NONE})
"""Simple types whose values have no text in a template."""


# -- templates in commands


def _words(task: pb.TaskTemplate) -> Sequence[str]:
    """What of a task's command has its templates filled in: of its container, or of its pod's primary container."""
    if task.HasField("container"):
        return [*task.container.command, *task.container.args]
    primary = task.k8s_pod.primary_container_name or task.config.get("primary_container_name", "")
    for name, container in pod_containers(task):
        if name == primary:
            return [
                word.string_value
                for field in ("command", "args")
                for word in (container[field].list_value.values if field in container else ())
            ]
    return []


def _inputs_read(task: pb.TaskTemplate) -> Iterator[str]:
    for word in _words(task):
        yield from _INPUT.findall(word)


@FLYTE1.rule("command-input", "a template in a command names an input of the task", "task")
def _input_of_command(task: pb.TaskTemplate) -> Iterator[Finding]:
    """`transformVarNameToStringVal` in flyteplugins/go/tasks/pluginmachinery/core/template/template.go."""
    known = task.interface.inputs.variables
    for name in dict.fromkeys(_inputs_read(task)):
        if known and name not in known:
            yield Finding(
                "the command reads an input that the task does not have",
                ", ".join(sorted(known)),
                name,
                "check the name",
            )


@FLYTE1.rule("command-input-type", "an input in a command is of a type that has a text", "task")
def _input_type_of_command(task: pb.TaskTemplate) -> Iterator[Finding]:
    """`serializeLiteral` in flyteplugins/go/tasks/pluginmachinery/core/template/template.go."""
    known = task.interface.inputs.variables
    for name in dict.fromkeys(_inputs_read(task)):
        if name in known and not _has_text(known[name].type):
            yield Finding(
                f"the command reads input {name!r}, whose values have no text on the cluster",
                "a primitive, an enum, a file, a record, or a list of these",
                type_text(known[name].type),
                "give it a simpler type, or read it from the file of inputs ({{.input}})",
            )


def _has_text(kind: pb.LiteralType) -> bool:
    while kind.WhichOneof("type") == "collection_type":
        kind = kind.collection_type
    if kind.WhichOneof("type") == "simple":
        return kind.simple not in _NO_TEXT
    return kind.WhichOneof("type") in ("blob", "schema", "enum_type")


# -- variables


def _variables(task: pb.TaskTemplate) -> Iterator[tuple[str, str]]:
    """(where, name) of the environment variables of a task's containers."""
    for pair in task.container.env:
        yield "container", pair.key
    for name, container in pod_containers(task):
        for item in container["env"].list_value.values if "env" in container else ():
            fields = item.struct_value.fields
            yield f"pod container {name}", fields["name"].string_value if "name" in fields else ""


@FLYTE1.rule("env-name", "an environment variable has a name that Kubernetes takes", "task")
def _env_name(task: pb.TaskTemplate) -> Iterator[Finding]:
    """`IsRelaxedEnvVarName` in k8s.io/apimachinery (pkg/util/validation), which the API server asks of every container."""
    for where, name in _variables(task):
        if not is_env_name(name):
            yield Finding(
                "an environment variable has a name that cannot be",
                "printable ASCII without =",
                name,
                "rename it",
                where,
            )


@FLYTE1.rule(
    "env-name-plain", "an environment variable has letters, digits, _, - and . in its name, for clusters that are not new", "task",
    refuses=False,
)  # fmt: skip
def _plain_env_name(task: pb.TaskTemplate) -> Iterator[Finding]:
    """`IsEnvVarName` in k8s.io/apimachinery (pkg/util/validation): all that Kubernetes before 1.30 takes."""
    for where, name in _variables(task):
        if is_env_name(name) and not is_plain_env_name(name):
            form = "letters, digits, _, - and ., not beginning with a digit"
            yield Finding(
                "an environment variable has a name that older clusters do not take", form, name, "rename it", where
            )


# -- secrets


@FLYTE1.rule("secret-group", "a secret has a group and a key", "task", refuses=False)
def _secret_group(task: pb.TaskTemplate) -> Iterator[Finding]:
    """`K8sSecretInjector.Inject` in flytepropeller/pkg/webhook/k8s_secrets.go, which is what `webhook.secretManagerType` is by default."""
    for secret in task.security_context.secrets:
        if not secret.group or not secret.key:
            yield Finding(
                "a secret names only one of group and key, with which Kubernetes' secrets are not found",
                "group (the Kubernetes secret) and key (its entry)",
                f"group {secret.group!r}, key {secret.key!r}",
                "write Secret(group=..., key=...)",
            )


# -- pods

_Form: TypeAlias = "str | Sequence[_Form] | Mapping[str, _Form]"
_ENV: Final[Mapping[str, _Form]] = {"name": "string_value", "value": "string_value", "valueFrom": "struct_value"}
_CONTAINER: Final[Mapping[str, _Form]] = {
    **dict.fromkeys(
        (
            "name",
            "image",
            "workingDir",
            "imagePullPolicy",
            "terminationMessagePath",
            "terminationMessagePolicy",
            "restartPolicy",
        ),
        "string_value",
    ),
    **dict.fromkeys(("stdin", "stdinOnce", "tty"), "bool_value"),
    **dict.fromkeys(
        ("resources", "livenessProbe", "readinessProbe", "startupProbe", "lifecycle", "securityContext"), "struct_value"
    ),
    "command": ["string_value"],
    "args": ["string_value"],
    "env": [_ENV],
    "envFrom": ["struct_value"],
    "ports": [
        {
            "name": "string_value",
            "protocol": "string_value",
            "containerPort": "number_value",
            "hostPort": "number_value",
        }
    ],
    "volumeMounts": [
        {"name": "string_value", "mountPath": "string_value", "subPath": "string_value", "readOnly": "bool_value"}
    ],
}
_POD: Final[Mapping[str, _Form]] = {
    **dict.fromkeys(
        ("serviceAccountName", "restartPolicy", "nodeName", "hostname", "subdomain", "schedulerName", "priorityClassName", "dnsPolicy",
         "runtimeClassName"),
        "string_value",
    ),
    **dict.fromkeys(("terminationGracePeriodSeconds", "activeDeadlineSeconds", "priority"), "number_value"),
    **dict.fromkeys(("hostNetwork", "hostPID", "hostIPC", "automountServiceAccountToken", "shareProcessNamespace"), "bool_value"),
    **dict.fromkeys(("affinity", "securityContext", "dnsConfig"), "struct_value"),
    "nodeSelector": {"": "string_value"},
    "containers": [_CONTAINER],
    "initContainers": [_CONTAINER],
    "volumes": ["struct_value"],
    "tolerations": [
        {**dict.fromkeys(("key", "operator", "value", "effect"), "string_value"), "tolerationSeconds": "number_value"}
    ],
    "imagePullSecrets": [{"name": "string_value"}],
}  # fmt: skip
"""Fields of a PodSpec and what JSON each is: a kind, a list of one form, or an object by field ("" is any)."""
_SAID: Final = {
    "string_value": "a string", "number_value": "a number", "bool_value": "true or false", "struct_value": "an object", "list_value": "a list",
}  # fmt: skip


@FLYTE1.rule("pod-form", "the fields of a pod are of the kinds that Kubernetes reads", "task")
def _pod_form(task: pb.TaskTemplate) -> Iterator[Finding]:
    """`validateK8sPod` in flyteadmin/pkg/manager/impl/validation/task_validator.go: the specification is read as a corev1.PodSpec."""
    for name, value in sorted(task.k8s_pod.pod_spec.fields.items()):
        if name in _POD:
            yield from _misfits(value, _POD[name], name)


def _misfits(value: struct_pb2.Value, form: _Form, where: str) -> Iterator[Finding]:
    found = value.WhichOneof("kind") or "null_value"
    wanted = form if isinstance(form, str) else "struct_value" if isinstance(form, Mapping) else "list_value"
    if found == "null_value":
        return
    if found != wanted:
        fix = "write it as Kubernetes' reference says"
        yield Finding(
            "a field of the pod is of another kind than Kubernetes reads", _SAID[wanted], _SAID[found], fix, where
        )
    elif isinstance(form, str):
        return
    elif isinstance(form, Mapping):
        for name, item in sorted(value.struct_value.fields.items()):
            inner = form.get(name, form.get(""))
            if inner is not None:
                yield from _misfits(item, inner, f"{where}.{name}")
    else:
        for index, item in enumerate(value.list_value.values):
            yield from _misfits(item, form[0], f"{where}[{index}]")
