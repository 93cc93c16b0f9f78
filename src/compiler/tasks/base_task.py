"""Tasks without a body of their own kind: settings, interface, and the parts of a TaskTemplate.

`Task` is closest to the message; `PythonTask` adds the Python interface and the execution of Python code. Subclasses
override `execute` and the `get_*` methods; what those return goes into the template as it is.
"""

# ruff: noqa: FBT001, PLR0917 - the options are flytekit's, in its order

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import typeengine
from compiler.errors import NotRunnableError, OptionError
from compiler.graph.call import call_entity, execute_locally
from compiler.graph.node import Node, NodeEmitter, NodeOverrides
from compiler.options.entity_texts import check_docs
from compiler.options.known import hand_on
from compiler.options.option_kinds import PodOption
from compiler.options.task_options import DECK_FIELDS, check_deck_fields, check_kind, image_name, pod_override_message
from compiler.options.writable import Writable
from compiler.source.artifact_annotation import check_artifacts
from compiler.source.interface import Interface
from compiler.source.tracking import TrackedInstance
from compiler.tasks.on_literals import LiteralDispatch
from compiler.tasks.task_metadata import TaskMetadata
from drawloom.context import ExecutionMode
from literals import pb

__tracebackhide__ = True  # pytest leaves out the frames of this module

if TYPE_CHECKING:
    from compiler.options.documentation import Documentation
    from compiler.options.settings import SerializationSettings
    from drawloom.context import FlyteContext

T = TypeVar("T")


class Task(LiteralDispatch):
    """A TaskTemplate in the making, with a typed interface and no Python code behind it."""

    resource_type = 1
    is_written = True
    has_constant_target = True
    takes_task_overrides = True

    def __init__(
        self,
        task_type: str,
        name: str,
        interface: Any = None,
        metadata: TaskMetadata | None = None,
        task_type_version: int = 0,
        security_ctx: pb.SecurityContext | Writable | None = None,
        docs: Documentation | None = None,
        **kwargs: Any,
    ) -> None:
        hand_on(super().__init__, kwargs, type(self), name)
        check_docs(docs, name)
        self._task_type = task_type
        self._name = name
        self._metadata = metadata if metadata is not None else TaskMetadata()
        self._task_type_version = task_type_version
        self._security_ctx = security_ctx
        self._docs = docs
        self._wire_interface = interface
        self._native: Interface | None = interface if isinstance(interface, Interface) else None
        if self._native is not None:
            check_artifacts(self._native.inputs, self._native.outputs, name, binds_at_runtime=True)

    @property
    def interface(self) -> pb.TypedInterface:
        """The typed interface as a message."""
        wire = self._wire_interface
        return wire if wire is not None and not isinstance(wire, Interface) else self.python_interface.typed()

    @property
    def metadata(self) -> TaskMetadata:
        """The settings."""
        return self._metadata

    @property
    def name(self) -> str:
        """Full name, unique in its project."""
        return self._name

    @property
    def task_type(self) -> str:
        """Which plugin runs it."""
        return self._task_type

    @property
    def task_type_version(self) -> int:
        """Version of the plugin's contract."""
        return self._task_type_version

    @property
    def security_context(self) -> pb.SecurityContext | Writable | None:
        """Secrets and identity; None without any."""
        return self._security_ctx

    @property
    def docs(self) -> Documentation | None:
        """Texts given by the author."""
        return self._docs

    @property
    def python_interface(self) -> Interface:
        """The interface in Python types; guessed from the wire form where only that was given."""
        if self._native is None:
            wire = self._wire_interface if self._wire_interface is not None else pb.TypedInterface()
            self._native = Interface(
                {name: typeengine.guess_python_type(v.type) for name, v in wire.inputs.variables.items()},
                {name: typeengine.guess_python_type(v.type) for name, v in wire.outputs.variables.items()},
            )
            self._native.owner = self._name
        return self._native

    @property
    def is_dynamic(self) -> bool:
        """Whether running it gives a graph rather than values."""
        return False

    def get_type_for_input_var(self, k: str, v: Any) -> Any:
        """The Python type of an input."""
        del v
        return self.python_interface.inputs[k]

    def get_type_for_output_var(self, k: str, v: Any) -> Any:
        """The Python type of an output."""
        del v
        return self.python_interface.outputs[k]

    def get_input_types(self) -> dict[str, Any]:
        """The Python types of the inputs."""
        return dict(self.python_interface.inputs)

    # -- calls

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Make a node while a workflow body is traced, else run."""
        return call_entity(self, args, kwargs)

    def compile(self, ctx: FlyteContext | None = None, *args: Any, **kwargs: Any) -> Any:
        """A node in the open trace, as a call makes it."""
        del ctx
        return call_entity(self, args, kwargs)

    def execute(self, **kwargs: Any) -> Any:
        """Run the task's own code on Python values.

        Raises:
            NotRunnableError: this kind of task has no code here.
        """
        del kwargs
        raise NotRunnableError(
            f"a {self._task_type} task has no Python code to run here",
            where=self._name,
            expected="a task of Python, or a stub",
            got=f"a task of type {self._task_type!r}",
            fix="run it on the platform, or give it a stub with task_mock",
        )

    def local_execution_mode(self) -> ExecutionMode:
        """What kind of execution a local run of this is."""
        return ExecutionMode.LOCAL_TASK_EXECUTION

    def local_execute(self, ctx: FlyteContext | None = None, **kwargs: Any) -> Any:
        """Run on ready promises or values; the results are ready promises."""
        del ctx
        return execute_locally(self, kwargs)

    def sandbox_execute(self, ctx: FlyteContext | None, input_literal_map: pb.LiteralMap) -> pb.LiteralMap:
        """`dispatch_execute` under flytekit's other name."""
        return self.dispatch_execute(ctx, input_literal_map)

    def split_outputs(self, result: object) -> dict[str, Any]:
        """What the code returned, by output name."""
        return self.python_interface.split_outputs(result)

    # -- parts of the template

    def get_container(self, settings: SerializationSettings) -> pb.Container | None:
        """The container target; None for none."""
        del settings
        return None

    def get_k8s_pod(self, settings: SerializationSettings) -> pb.K8sPod | None:
        """The pod target; None for none."""
        del settings
        return None

    def get_sql(self, settings: SerializationSettings) -> pb.Sql | None:
        """The SQL target; None for none."""
        del settings
        return None

    def get_custom(self, settings: SerializationSettings) -> Mapping[str, Any] | None:
        """Plugin data, as JSON values; None for none."""
        del settings
        return None

    def get_config(self, settings: SerializationSettings) -> Mapping[str, str] | None:
        """Plugin settings as text; None for none."""
        del settings
        return None

    def get_extended_resources(self, settings: SerializationSettings) -> pb.ExtendedResources | None:
        """Accelerator and shared memory; None for none."""
        del settings
        return None

    def describe(self) -> pb.DescriptionEntity | None:
        """The texts; None for none."""
        return self._docs.to_message() if self._docs is not None else None

    # -- as a node

    def node_defaults(self) -> NodeOverrides:
        """Name, timeout, retries and interruptibility of a node of this task."""
        return task_node_defaults(self._name.rpartition(".")[2], self._metadata)

    def override_pod(self, template: PodOption, settings: SerializationSettings) -> pb.K8sPod:
        """The pod that a node's own template makes of this task's container."""
        container = self.get_container(settings) or pb.Container()
        return pod_override_message(template, container, settings.image_config)

    def construct_node_metadata(self) -> pb.NodeMetadata:
        """The node settings as a message."""
        return self.node_defaults().node_metadata()

    def node_target(self, node: Node, emitter: NodeEmitter) -> pb.Node:
        """A task node: the task's identifier, and what the node overrides."""
        overrides = pb.TaskNodeOverrides()
        if (changed := node.overrides) is not None:
            overrides = changed.task_overrides()
            if changed.container_image:
                settings = emitter.settings
                overrides.container_image = image_name(
                    changed.container_image, settings.image_config, fills=not settings.is_live
                )
            if changed.pod_template is not None:
                overrides.pod_template.CopyFrom(self.override_pod(changed.pod_template, emitter.settings))
        return pb.Node(task_node=pb.TaskNode(reference_id=emitter.identifier(self), overrides=overrides))

    def dependencies(self) -> Iterable[Any]:
        """Entities that are written before this one."""
        return ()

    def companions(self) -> Iterable[Any]:
        """Entities that are written right after this one: what it brings along."""
        return ()

    def same_template(self, other: object) -> bool:
        """Whether the other entity, of the same name, is written as this one is."""
        return self is other

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._name} {self.python_interface!r}>"


def task_node_defaults(name: str, metadata: TaskMetadata) -> NodeOverrides:
    """Node settings of a task with these settings."""
    timeout = None
    if isinstance(metadata.timeout, dt.timedelta):
        timeout = pb.TaskMetadata().timeout
        timeout.FromTimedelta(metadata.timeout)
    return NodeOverrides(name=name, timeout=timeout, retries=metadata.retries, interruptible=metadata.interruptible)


class PythonTask(TrackedInstance, Task, Generic[T]):
    """A task with a Python interface. Base of every kind that runs Python code or a plugin with Python types."""

    def __init__(
        self,
        task_type: str,
        name: str,
        task_config: T | None = None,
        interface: Any = None,
        environment: dict[str, str] | None = None,
        disable_deck: bool | None = None,
        enable_deck: bool | None = None,
        deck_fields: tuple[Any, ...] | None = None,
        **kwargs: Any,
    ) -> None:
        native = interface if interface is not None else Interface()
        if not native.owner:
            native.owner = name
        # Types nobody knows fail where the task is written.
        native.input_codecs  # noqa: B018 - asked for its check
        native.output_codecs  # noqa: B018 - asked for its check
        super().__init__(task_type=task_type, name=name, interface=native, **kwargs)
        self._task_config = task_config
        self._environment = environment or {}
        for option, value in (("enable_deck", enable_deck), ("disable_deck", disable_deck)):
            check_kind(option, value, bool, "True or False", name)
        if disable_deck is not None and enable_deck is not None:
            raise OptionError(
                "disable_deck and enable_deck are one switch; only one can be set",
                where=name,
                fix="drop one",
                expected="one of them",
                got=f"disable_deck={disable_deck!r} and enable_deck={enable_deck!r}",
            )
        if disable_deck is not None:
            warnings.warn(
                "disable_deck was deprecated in 1.10.0, please use enable_deck instead", FutureWarning, stacklevel=2
            )
        self._disable_deck = disable_deck if disable_deck is not None else not enable_deck
        if deck_fields is not None:
            check_deck_fields(deck_fields, name)
        shown = deck_fields if deck_fields is not None else DECK_FIELDS
        self._deck_fields = ((shown,) if isinstance(shown, str) else tuple(shown)) if self.enable_deck else ()
        if not self._disable_deck:
            self._metadata.generates_deck = True

    @property
    def task_config(self) -> T | None:
        """The plugin's configuration object."""
        return self._task_config

    @property
    def environment(self) -> dict[str, str]:
        """Variables of the container."""
        return self._environment

    @property
    def disable_deck(self) -> bool:
        """Whether no report is made."""
        return self._disable_deck

    @property
    def enable_deck(self) -> bool:
        """Whether a report is made."""
        return not self._disable_deck

    @property
    def deck_fields(self) -> tuple[Any, ...]:
        """The tabs that the deck gets beside the author's own; none where no deck is made."""
        return self._deck_fields

    @property
    def default_inputs(self) -> Mapping[str, Any]:
        """Declared defaults by input name."""
        return self.python_interface.default_inputs

    @property
    def plain_output(self) -> str | None:
        """The one output that is whatever the code returns; None where `split_outputs` has to look at the result."""
        return self.python_interface.plain_output
