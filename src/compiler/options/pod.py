"""A pod around the task's container: written as the Struct that Kubernetes' own JSON form of a pod spec is.

The pod spec may be a model of the `kubernetes` client or a plain dict in its JSON spelling; the client library itself
is never imported. The container named `primary_container_name` is the task's: it gets image (unless it names one),
command, args, resources and environment; it is added when the spec does not have it.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from compiler.errors import OptionError
from compiler.options.option_kinds import ImageRecipe, PodOption
from compiler.options.task_options import ImageSource, check_pod_template, image_name, pod_message, pod_override_message
from literals import is_dict, is_mapping, is_sequence, pb, preview

PRIMARY_CONTAINER = "primary"


@dataclass
class PodTemplate(PodOption):
    """A pod spec, the name of the task's container in it, and labels and annotations of the pod.

    `pod_spec` None means an otherwise empty pod.

    Raises:
        OptionError: an empty container name.
    """

    pod_spec: Any = None
    primary_container_name: str = PRIMARY_CONTAINER
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None

    def __post_init__(self) -> None:
        if not self.primary_container_name:
            raise OptionError(
                "the primary container has no name",
                where="PodTemplate",
                expected="text like 'primary'",
                got=preview(self.primary_container_name),
                fix="write primary_container_name='primary'",
            )

    @classmethod
    def from_spec(cls, pod_spec: Any, primary_container_name: str = PRIMARY_CONTAINER, **given: Any) -> PodTemplate:
        """A template around an existing pod spec."""
        return cls(pod_spec=pod_spec, primary_container_name=primary_container_name, **given)

    def with_termination_grace_period(self, termination_grace_period: int | dt.timedelta) -> PodTemplate:
        """A copy whose pods have that long to end by themselves, after they are told to and before they are killed.

        Written as `terminationGracePeriodSeconds` of the pod spec, under Flyte 2's name for it.

        Raises:
            OptionError: it is not a whole number of seconds from 0.
        """
        given = termination_grace_period
        seconds: object = given.total_seconds() if isinstance(given, dt.timedelta) else given
        if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or seconds < 0 or seconds % 1:  # pyright: ignore[reportUnnecessaryIsInstance] - callers
            raise OptionError(
                "the time that a pod has to end is not a number of whole seconds",
                where="PodTemplate.with_termination_grace_period",
                expected="seconds as an int from 0, or a timedelta",
                got=preview(given),
                fix="write 600, or timedelta(minutes=10)",
            )
        spec: dict[str, Any] = plain(self.pod_spec) or {}
        return replace(self, pod_spec={**spec, "terminationGracePeriodSeconds": int(seconds)})

    def pod_message(self, container: pb.Container, image_config: ImageSource) -> pb.K8sPod:
        """The pod of a task whose container would be `container`; `image_config` fills image templates."""
        message = pb.K8sPod()
        primary = PrimaryContainer(
            image=container.image,
            command=list(container.command),
            args=list(container.args),
            requests=_resource_map(container.resources.requests),
            limits=_resource_map(container.resources.limits),
            env={pair.key: pair.value for pair in container.env},
        )
        write_pod(self, primary, functools.partial(image_name, image_config=image_config), message)
        return message

    def version_hash(self) -> str:
        """SHA-256 of the template's JSON: equal for equal templates in any process."""
        data = {
            "pod_spec": plain(self.pod_spec),
            "primary_container_name": self.primary_container_name,
            "labels": self.labels,
            "annotations": self.annotations,
        }
        return hashlib.sha256(json.dumps(data, sort_keys=True, default=_image_text).encode()).hexdigest()


def _image_text(recipe: ImageRecipe) -> str:
    """The name of an image that a recipe stands for; `plain` leaves nothing else that JSON cannot."""
    return recipe.image_name()


@dataclass(frozen=True)
class PrimaryContainer:
    """What the task puts into its container of the pod. Resource maps are in Kubernetes' names."""

    image: str
    command: Sequence[str]
    args: Sequence[str]
    requests: Mapping[str, str]
    limits: Mapping[str, str]
    env: Mapping[str, str]


def write_pod(
    template: PodTemplate, primary: PrimaryContainer, resolve_image: Callable[[Any], str], into: pb.K8sPod
) -> None:
    """Write metadata and spec of a task's pod; `resolve_image` turns image templates into names."""
    into.metadata.SetInParent()
    into.metadata.labels.update(template.labels or {})
    into.metadata.annotations.update(template.annotations or {})
    into.pod_spec.update(pod_spec_json(template, primary, resolve_image))


def pod_spec_json(
    template: PodTemplate, primary: PrimaryContainer, resolve_image: Callable[[Any], str]
) -> dict[str, Any]:
    """The pod spec as JSON values, the task's container filled in."""
    spec: dict[str, Any] = plain(template.pod_spec) or {}
    containers: list[dict[str, Any]] = list(spec.get("containers") or [])
    spec["containers"] = containers
    name = template.primary_container_name
    if all(container.get("name") != name for container in containers):
        containers.append({"name": name})
    for container in containers:
        if container.get("name") == name:
            _fill(container, primary, resolve_image)
        elif container.get("image") is not None:
            container["image"] = resolve_image(container["image"])
    return spec


def _fill(container: dict[str, Any], primary: PrimaryContainer, resolve_image: Callable[[Any], str]) -> None:
    given = container.get("image")
    container["image"] = primary.image if given is None else resolve_image(given)
    container["command"] = list(primary.command)
    container["args"] = list(primary.args)
    if primary.requests or primary.limits:
        container["resources"] = {"requests": dict(primary.requests), "limits": dict(primary.limits)}
    env = [{"name": key, "value": value} for key, value in primary.env.items()]
    container["env"] = env + list(container.get("env") or [])


def plain(value: object) -> Any:
    """A pod spec in Kubernetes' JSON form; unset fields of client models are left out.

    Models of the `kubernetes` client are recognized by their `attribute_map` (field -> JSON name).

    Raises:
        OptionError: a value that has no JSON form.
    """
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    names = getattr(type(value), "attribute_map", None)
    if is_dict(names):
        return {
            json_name: plain(part)
            for field, json_name in names.items()
            if (part := getattr(value, str(field))) is not None
        }
    if is_mapping(value):
        return {str(key): plain(part) for key, part in value.items()}
    if is_sequence(value):
        return [plain(part) for part in value]
    if isinstance(value, (dt.datetime, dt.date)):
        return value.isoformat()
    if isinstance(value, ImageRecipe):
        # An image recipe in place of a name; it is resolved with the other images.
        return value
    raise OptionError(
        "a pod spec holds a value that JSON cannot",
        where="PodTemplate",
        expected="text, numbers, booleans, None, lists and dicts of them",
        got=preview(value),
        fix="use client models or dicts",
    )


def _resource_map(entries: Any) -> dict[str, str]:
    names = pb.Resources.ResourceName
    return {names.Name(entry.name).lower().replace("_", "-"): entry.value for entry in entries}


__all__ = ["PodTemplate", "check_pod_template", "plain", "pod_message", "pod_override_message"]
