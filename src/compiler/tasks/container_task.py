"""`ContainerTask`: any image and command. Inputs are files in a folder, outputs are files that the command leaves.

`{{.inputs.x}}` in command and arguments is filled by whoever runs the container. `input_data_dir` and `output_data_dir` are
paths in the container; the input file's format is JSON, YAML or protobuf.
"""

# ruff: noqa: FBT001, FBT002, PLR0917 - the signatures are flytekit's, positions included

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from typing import Any, cast

from compiler.errors import OptionError
from compiler.options.image import image_name
from compiler.options.pod import PodTemplate, check_pod_template, pod_message
from compiler.options.resources import Resources, resource_spec, resources_message
from compiler.options.security import security_context
from compiler.options.settings import SerializationSettings
from compiler.source.interface import Interface
from compiler.tasks.base_task import PythonTask
from compiler.tasks.container_run import run_container
from compiler.tasks.task_metadata import TaskMetadata
from drawloom.context import current
from literals import is_tuple, pb, preview


class MetadataFormat(enum.Enum):
    """How the file of all inputs is written."""

    JSON = 0
    YAML = 1
    PROTO = 2


class DownloadMode(enum.IntEnum):
    """When inputs are fetched."""

    DOWNLOAD_EAGER = 0
    DOWNLOAD_STREAM = 1
    DO_NOT_DOWNLOAD = 2


class UploadMode(enum.IntEnum):
    """When outputs are stored."""

    UPLOAD_ON_EXIT = 0
    UPLOAD_EAGER = 1
    DO_NOT_UPLOAD = 2


class IOStrategy(enum.Enum):
    """One of the two modes, under flytekit's names; a pair of modes is taken as well."""

    DOWNLOAD_EAGER = (DownloadMode.DOWNLOAD_EAGER, None)
    DOWNLOAD_STREAM = (DownloadMode.DOWNLOAD_STREAM, None)
    DO_NOT_DOWNLOAD = (DownloadMode.DO_NOT_DOWNLOAD, None)
    UPLOAD_EAGER = (None, UploadMode.UPLOAD_EAGER)
    UPLOAD_ON_EXIT = (None, UploadMode.UPLOAD_ON_EXIT)
    DO_NOT_UPLOAD = (None, UploadMode.DO_NOT_UPLOAD)


class ContainerTask(PythonTask[Any]):
    """A container of somebody else's; see the module.

    Raises:
        OptionError: wrong types or contradicting options.
    """

    MetadataFormat = MetadataFormat
    IOStrategy = IOStrategy

    def __init__(
        self,
        name: str,
        image: Any,
        command: Any,
        inputs: Mapping[str, Any] | None = None,
        metadata: TaskMetadata | None = None,
        arguments: Any = None,
        outputs: Mapping[str, Any] | None = None,
        requests: Resources | None = None,
        limits: Resources | None = None,
        input_data_dir: str | None = None,
        output_data_dir: str | None = None,
        metadata_format: MetadataFormat = MetadataFormat.JSON,
        io_strategy: Any = None,
        secret_requests: Any = None,
        pod_template: PodTemplate | None = None,
        pod_template_name: str | None = None,
        local_logs: bool = False,
        resources: Resources | None = None,
        **kwargs: Any,
    ) -> None:
        given: tuple[tuple[str, Iterable[object]], ...] = (("command", command), ("arguments", arguments or []))
        for option, texts in given:
            if isinstance(texts, str) or not all(isinstance(text, str) for text in texts):
                raise OptionError(
                    f"{option} is not a list of strings",
                    where=name,
                    expected="['sh', '-c', '...']",
                    got=preview(texts),
                    fix=f"write {option}=['...']",
                )
        check_pod_template(pod_template, name)
        metadata = metadata if metadata is not None else TaskMetadata()
        if pod_template_name:
            metadata.pod_template_name = pod_template_name
        super().__init__(
            task_type="raw-container",
            name=name,
            interface=Interface(dict(inputs or {}), dict(outputs or {})),
            metadata=metadata,
            security_ctx=security_context(secret_requests, name),
            **kwargs,
        )
        self._image = image
        self._command = list(command)
        self._arguments = list(arguments or ())
        self._input_data_dir = input_data_dir
        self._output_data_dir = output_data_dir
        self._format = metadata_format
        self._strategy = _modes(io_strategy, name)
        self._spec = resource_spec(resources, requests, limits, name)
        self._local_logs = local_logs
        self.pod_template = pod_template

    @property
    def resources(self) -> Any:
        """Requests and limits."""
        return self._spec

    def execute(self, **kwargs: Any) -> Any:
        """Run the container with the container runtime that is installed here; outputs are what it leaves in its folder.

        Raises:
            NotRunnableError: no container runtime is installed.
            ContainerError: the container failed, or left an output that is missing or not of its type.
        """
        settings = current().settings or SerializationSettings()
        values = run_container(
            self.name,
            image_name(self._image, settings.image_config),
            [*self._command, *self._arguments],
            kwargs,
            self.python_interface.outputs,
            self.environment,
            (self._input_data_dir, self._output_data_dir),
        )
        return self.python_interface.join_outputs(values)

    def _data_config(self) -> pb.DataLoadingConfig:
        made = pb.DataLoadingConfig(
            enabled=True, input_path=self._input_data_dir or "", output_path=self._output_data_dir or ""
        )
        made.format = self._format.value  # pyright: ignore[reportAttributeAccessIssue] - same numbers
        if self._strategy is not None:
            download, upload = self._strategy
            made.io_strategy.download_mode = download  # pyright: ignore[reportAttributeAccessIssue] - same numbers
            made.io_strategy.upload_mode = upload  # pyright: ignore[reportAttributeAccessIssue] - same numbers
        return made

    def _container(self, settings: SerializationSettings) -> pb.Container:
        return pb.Container(
            image=image_name(self._image, settings.image_config),
            command=self._command,
            args=self._arguments,
            env=[pb.KeyValuePair(key=k, value=v) for k, v in {**(settings.env or {}), **self.environment}.items()],
            data_config=self._data_config(),
            resources=resources_message(self._spec.requests, self._spec.limits),
        )

    def get_container(self, settings: SerializationSettings) -> pb.Container | None:
        """The container; None where a pod is the target."""
        return self._container(settings) if self.pod_template is None else None

    def get_k8s_pod(self, settings: SerializationSettings) -> pb.K8sPod | None:
        """The pod, where a template was given."""
        if self.pod_template is None:
            return None
        made = pod_message(self.pod_template, self._container(settings), settings.image_config)
        made.data_config.CopyFrom(self._data_config())
        return made

    def get_config(self, settings: SerializationSettings) -> dict[str, str] | None:
        """The name of the task's container in its pod."""
        del settings
        return (
            None if self.pod_template is None else {"primary_container_name": self.pod_template.primary_container_name}
        )


def _modes(strategy: object, where: str) -> tuple[int, int] | None:
    if strategy is None:
        return None
    if isinstance(strategy, IOStrategy):
        download, upload = strategy.value
    elif is_tuple(strategy) and len(strategy) == 2:  # noqa: PLR2004 - download and upload
        download, upload = cast("tuple[int | None, int | None]", strategy)
    else:
        raise OptionError(
            "io_strategy is not an IOStrategy",
            where=where,
            expected="an IOStrategy",
            got=preview(strategy),
            fix="write IOStrategy(...)",
        )
    return int(download or 0), int(upload or 0)
