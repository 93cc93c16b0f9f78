"""Tasks whose Python code runs in a container that drawloom describes: image, command, environment, resources, pod."""

# ruff: noqa: PLR0917 - the options are flytekit's, in its order

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from compiler.options.option_kinds import PodOption
from compiler.options.option_table import check_options
from compiler.options.task_options import (
    extended_resources,
    image_name,
    pod_message,
    pod_override_message,
    resource_spec,
    resources_message,
    resources_or_default,
    runtime_packages,
    security_context,
)
from compiler.source.resolver import default_task_resolver, resolver_location
from compiler.tasks.base_task import PythonTask
from compiler.tasks.task_metadata import TaskMetadata
from drawloom.context import current
from literals import pb

if TYPE_CHECKING:
    # Only named in annotations: loading them costs as much as all else that decorating a function needs.
    from compiler.options.pod import PodTemplate
    from compiler.options.resources import Resources, ResourceSpec
    from compiler.options.settings import SerializationSettings

T = TypeVar("T")

ENTRYPOINT = "drawloom-execute"
FAST_ENTRYPOINT = "drawloom-fast-execute"
START = (
    ENTRYPOINT, "--inputs", "{{.input}}", "--output-prefix", "{{.outputPrefix}}",
    "--raw-output-data-prefix", "{{.rawOutputDataPrefix}}",
    "--checkpoint-path", "{{.checkpointOutputPrefix}}", "--prev-checkpoint", "{{.prevCheckpointPrefix}}",
    "--resolver",
)  # fmt: skip
"""How a container's arguments begin; the resolver's dotted path follows."""


class PythonAutoContainerTask(PythonTask[T]):
    """Base of tasks whose container is written from the settings; the command leads back to the task by its resolver."""

    def __init__(
        self,
        name: str,
        task_config: T | None = None,
        task_type: str = "python-task",
        container_image: object = None,
        requests: Resources | None = None,
        limits: Resources | None = None,
        environment: dict[str, str] | None = None,
        task_resolver: object = None,
        secret_requests: Iterable[object] | None = None,
        pod_template: PodTemplate | None = None,
        pod_template_name: str | None = None,
        accelerator: object = None,
        shared_memory: object = None,
        resources: Resources | None = None,
        metadata: TaskMetadata | None = None,
        labels: Mapping[str, str] | None = None,
        annotations: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        given = {
            "container_image": container_image,
            "environment": environment,
            "task_resolver": task_resolver,
            "secret_requests": secret_requests,
            "pod_template": pod_template,
            "pod_template_name": pod_template_name,
            "shared_memory": shared_memory,
            "labels": labels,
            "annotations": annotations,
        }
        check_options(given, name)
        metadata = metadata if metadata is not None else TaskMetadata()
        if pod_template_name:
            metadata.pod_template_name = pod_template_name
        if labels is not None:
            metadata.labels = dict(labels)
        if annotations is not None:
            metadata.annotations = dict(annotations)
        super().__init__(
            task_type=task_type,
            name=name,
            task_config=task_config,
            environment=environment,
            metadata=metadata,
            security_ctx=security_context(secret_requests, name) if secret_requests is not None else None,
            **kwargs,
        )
        self._container_image = container_image
        self._resources = resource_spec(resources, requests, limits, name)
        self._whole_resources = resources
        self.pod_template = pod_template
        self.accelerator = accelerator
        self.shared_memory = shared_memory
        self._command_fn: Callable[[Any], list[str]] | None = None
        trace = current().trace
        self._task_resolver: Any = task_resolver or default_task_resolver
        if task_resolver is None and trace is not None and trace.resolver is not None:
            # Made while a workflow body is traced: an import cannot reach it, the workflow can.
            self._task_resolver = trace.resolver
            trace.resolver.add(self)
        if (chosen := self._task_resolver.task_name(self)) is not None:
            self._name = chosen

    @property
    def task_resolver(self) -> Any:
        """What finds this task again in a container."""
        return self._task_resolver

    def set_resolver(self, resolver: object) -> None:
        """Use another resolver."""
        self._task_resolver = resolver

    @property
    def container_image(self) -> Any:
        """The image that was asked for; None means the default one."""
        return self._container_image

    @property
    def resources(self) -> ResourceSpec:
        """Requests and limits."""
        return cast("ResourceSpec", self._resources)  # where nothing was asked for, what is read like an empty one

    def get_default_command(self, settings: SerializationSettings) -> list[str]:
        """The arguments that start this task in its container."""
        return [
            *START, resolver_location(self.task_resolver, settings), "--",
            *self.task_resolver.loader_args(settings, self),
        ]  # fmt: skip

    def set_command_fn(self, get_command_fn: Callable[[Any], list[str]] | None = None) -> None:
        """Let a function give the command; None goes back to the default."""
        self._command_fn = get_command_fn

    def reset_command_fn(self) -> None:
        """Go back to the default command."""
        self._command_fn = None

    def get_command(self, settings: SerializationSettings) -> list[str]:
        """The command; with fast registration, the one that fetches the code first."""
        command = (self._command_fn or self.get_default_command)(settings)
        fast = settings.fast_serialization_settings
        if fast is None or not fast.enabled:
            return command
        return [
            FAST_ENTRYPOINT,
            "--additional-distribution",
            fast.distribution_location or "{{ .remote_package_path }}",
            "--dest-dir",
            fast.destination_dir or "{{ .dest_dir }}",
            "--",
            *command,
        ]

    def get_image(self, settings: SerializationSettings) -> str:
        """The image reference, templates filled in."""
        return image_name(self._container_image, settings.image_config, fills=not settings.is_live)

    def get_environment(self, settings: SerializationSettings) -> dict[str, str]:
        """The variables of the container: those of the settings, then the task's own."""
        env = {**(settings.env or {}), **self.environment}
        if packages := runtime_packages(self._container_image):
            env["_F_RUNTIME_PACKAGES"] = " ".join(packages)
        return env

    def get_container(self, settings: SerializationSettings) -> pb.Container | None:
        """The container; None where a pod is the target."""
        return None if self.pod_template is not None else self._container(settings)

    def _container(self, settings: SerializationSettings) -> pb.Container:
        resources = resources_or_default(self._resources, settings.default_resources)
        env = self.get_environment(settings)
        return pb.Container(
            image=self.get_image(settings),
            args=self.get_command(settings),
            resources=resources_message(resources.requests, resources.limits),
            env=[pb.KeyValuePair(key=key, value=value) for key, value in env.items()],
        )

    def get_k8s_pod(self, settings: SerializationSettings) -> pb.K8sPod | None:
        """The pod, where a template was given."""
        if self.pod_template is None:
            return None
        return pod_message(self.pod_template, self._container(settings), settings.image_config)

    def override_pod(self, template: PodOption, settings: SerializationSettings) -> pb.K8sPod:
        """The pod that a node's own template makes of this task's container."""
        return pod_override_message(template, self._container(settings), settings.image_config)

    def get_config(self, settings: SerializationSettings) -> Mapping[str, str] | None:
        """The name of the pod's primary container, where a pod is the target."""
        del settings
        return {"primary_container_name": self.pod_template.primary_container_name} if self.pod_template else None

    def get_extended_resources(self, settings: SerializationSettings) -> pb.ExtendedResources | None:
        """Accelerator and shared memory."""
        del settings
        return extended_resources(self.accelerator, self.shared_memory, self._whole_resources)


class PythonInstanceTask(PythonAutoContainerTask[T]):
    """A task without a user function: a platform-provided `execute`, configured by its constructor.

    The container finds it as a variable of its module, so it must be assigned at the top level.
    """

    def __init__(
        self,
        name: str,
        task_config: T | None = None,
        task_type: str = "python-task",
        task_resolver: object = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, task_config=task_config, task_type=task_type, task_resolver=task_resolver, **kwargs)
