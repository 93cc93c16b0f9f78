"""Tasks that an executor runs by their template alone: another program finds what it needs in the message, and no Python task.

The container is told the path of the template (`{{.taskTemplatePath}}`, which who starts it fills in) and the executor's class.
"""

# ruff: noqa: PLR0917 - the signatures are flytekit's, positions included

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from compiler.errors import AuthoringError, NotImportableError, OptionError, OutputCountError
from compiler.options.image import image_name
from compiler.options.resources import Resources, ResourceSpec, resource_spec
from compiler.options.security import Secret, security_context
from compiler.options.settings import Image, ImageConfig, LiveSettings, SerializationSettings
from compiler.source.interface import Interface
from compiler.source.resolver import ResolverError, TaskResolverMixin, resolver_location
from compiler.source.tracking import TrackedInstance, importable_name
from compiler.tasks.base_task import PythonTask
from compiler.tasks.on_literals import LiteralDispatch
from compiler.tasks.python_task import START
from compiler.tasks.template import template_message
from drawloom.context import file_access
from literals import attempt, is_tuple, named_tuple_fields, pb, preview
from typeengine import StructuredDataset, guess_python_type

if TYPE_CHECKING:
    from google.protobuf.struct_pb2 import Value


T = TypeVar("T")
TC = TypeVar("TC")

TEMPLATE_PATH = "{{.taskTemplatePath}}"
_ARGS = 2


class TemplateOfTask:
    """A `TaskTemplate` as executors read it: plugin data as a dict, and every other field of the message.

    Attributes: `message`.
    """

    def __init__(self, message: pb.TaskTemplate) -> None:
        self.message = message

    @cached_property
    def custom(self) -> dict[str, Any]:
        """The plugin's data as a dict. The message has one kind of number, so a whole one is an int, whatever it was."""
        return {name: _plain(value) for name, value in self.message.custom.fields.items()}

    @cached_property
    def config(self) -> dict[str, str]:
        """The plugin's settings."""
        return dict(self.message.config)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.message, name)


def _by_name(result: object) -> dict[str, Any]:
    """Outputs that an executor returned by name: a dict, or a named tuple; nothing for anything else."""
    if isinstance(result, Mapping):
        return dict(cast("Mapping[str, Any]", result))
    fields = named_tuple_fields(type(result))
    return dict(zip(fields, result, strict=True)) if is_tuple(result) and fields else {}


def _numbered(count: int) -> list[str]:
    """The names of outputs that were declared without any."""
    return [f"o{index}" for index in range(count)]


def _ordered(names: Iterable[str]) -> list[str]:
    """Numbered outputs by number, others by name."""
    found = sorted(names)
    numbered = _numbered(len(found))
    return numbered if set(numbered) == set(found) else found


def _wrapped(value: object, hint: object) -> object:
    return (
        StructuredDataset(dataframe=value)
        if hint is StructuredDataset and not isinstance(value, StructuredDataset)
        else value
    )


def _plain(value: Value) -> Any:
    """A value of JSON's out of its message."""
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return {name: _plain(each) for name, each in value.struct_value.fields.items()}
    if kind == "list_value":
        return [_plain(each) for each in value.list_value.values]
    if kind == "number_value":
        number: float = value.number_value
        return int(number) if number.is_integer() else number
    return None if kind is None or kind == "null_value" else getattr(value, kind)


class ShimTaskExecutor(TrackedInstance, Generic[T]):
    """Runs tasks by their template. A subclass says how; its class is found again by its import path."""

    def execute_from_model(self, tt: TemplateOfTask, **kwargs: Any) -> Any:
        """What the task returns. `tt`: its template, a `TemplateOfTask`. `kwargs`: Python values of the inputs.

        Raises:
            AuthoringError: the subclass does not define it.
        """
        del tt, kwargs
        raise AuthoringError(
            f"{type(self).__name__} does not define execute_from_model",
            expected="a method execute_from_model(tt, **inputs)",
            got="none",
            fix="define execute_from_model in the executor's class",
        )


class ExecutableTemplateShimTask(LiteralDispatch):
    """A task that is nothing but a template and its executor; Python types are those that the literal types stand for."""

    def __init__(
        self, tt: pb.TaskTemplate | TemplateOfTask | None, executor_type: type[Any], *args: Any, **kwargs: Any
    ) -> None:
        self._executor_type = executor_type
        self._executor: Any = executor_type()
        self._task_template = TemplateOfTask(tt) if isinstance(tt, pb.TaskTemplate) else tt
        super().__init__(*args, **kwargs)

    @property
    def name(self) -> str:
        """Full name, unique in its project."""
        return self.task_template.id.name

    @property
    def task_template(self) -> Any:
        """The template."""
        return self._task_template

    @property
    def executor(self) -> Any:
        """What runs it."""
        return self._executor

    @property
    def executor_type(self) -> type[Any]:
        """The class of what runs it."""
        return self._executor_type

    @cached_property
    def python_interface(self) -> Interface:
        """The interface in Python types, guessed from the template's; the template does not say in which order they were declared."""
        declared = self.task_template.message.interface
        made = Interface(
            {
                name: guess_python_type(declared.inputs.variables[name].type)
                for name in sorted(declared.inputs.variables)
            },
            {
                name: guess_python_type(declared.outputs.variables[name].type)
                for name in _ordered(declared.outputs.variables)
            },
        )
        made.owner = self.name
        return made

    def split_outputs(self, result: object) -> dict[str, Any]:
        """What the executor returned, by output name; a frame where a dataset is declared is a dataset of it.

        Raises:
            OutputCountError: several outputs are neither a dict nor a named tuple, and their order is known only where the
                task was declared.
        """
        interface = self.python_interface
        values: dict[str, Any] = _by_name(result) if len(interface.outputs) > 1 else {}
        if not values:
            self._check_order(list(interface.outputs), result)
            return {
                name: _wrapped(value, interface.outputs[name])
                for name, value in interface.split_outputs(result).items()
            }
        if values.keys() != interface.outputs.keys():
            raise OutputCountError(
                "the executor returned other outputs than the task has",
                where=self.name,
                expected=", ".join(interface.outputs),
                got=", ".join(map(str, values)),
                fix="return a value for each output",
            )
        return {name: _wrapped(values[name], hint) for name, hint in interface.outputs.items()}

    def _check_order(self, names: list[str], result: object) -> None:
        """Refuse several outputs whose order cannot be told."""
        if len(names) > 1 and names != _numbered(len(names)):
            raise OutputCountError(
                "the template of a task does not say in which order its outputs were declared",
                where=self.name,
                expected=f"a dict of {', '.join(names)}",
                got=preview(result),
                fix="return a dict or a named tuple from execute_from_model",
            )

    def execute(self, **kwargs: Any) -> Any:
        """What the executor makes of the template and these inputs."""
        return self.executor.execute_from_model(self.task_template, **kwargs)


class TaskTemplateResolver(TrackedInstance, TaskResolverMixin):
    """Finds a task by its template: `<path of the template> <import path of the executor's class>`."""

    @property
    def location(self) -> str:
        """Where this resolver is: drawloom's own, or the variable that holds a user's."""
        return "compiler.default_task_template_resolver" if self is default_task_template_resolver else super().location

    def name(self) -> str:
        """The resolver's own name."""
        return "task template resolver"

    def load_task(self, loader_args: Sequence[str]) -> Any:
        """A task of the template and the executor; not the task that was compiled, which another process cannot know.

        Raises:
            ResolverError: the arguments have another form, or lead to no template or no class.
        """
        args = list(loader_args)
        if len(args) != _ARGS:
            raise ResolverError(
                "these loader arguments are not a template's",
                expected="<path of the template> <module>.<executor's class>",
                got=" ".join(args),
                fix="compile the workflow again with this version of drawloom",
            )
        read = attempt(lambda: pb.TaskTemplate.FromString(file_access().read_bytes(args[0])))
        if read.value is None:
            raise ResolverError(
                "the task's template cannot be read",
                expected="a file that holds a TaskTemplate",
                got=preview(args[0]),
                fix="check that the file was written by compiling the workflow, and compile it again",
            ) from read.error
        # flytekit's executors are drawloom's of these names.
        module, _, name = (f"drawloom.{args[1]}" if args[1].startswith("flytekit.") else args[1]).rpartition(".")
        loaded = attempt(importlib.import_module, module)
        found = getattr(loaded.value, name, None)
        if not isinstance(found, type):
            raise ResolverError(
                f"there is no executor `{args[1]}`",
                expected="module.Class of an executor",
                got=repr(args[1]),
                fix="put its module's folder on PYTHONPATH, or compile again",
            ) from loaded.error
        return ExecutableTemplateShimTask(read.value, found)

    def loader_args(self, settings: SerializationSettings, t: PythonCustomizedContainerTask[Any]) -> list[str]:
        """Where the template is, and the class of the executor.

        Raises:
            NotImportableError: an import does not find the class.
        """
        found: type[Any] = t.executor_type
        module = importable_name(found.__module__)
        held = vars(sys.modules.get(found.__module__, object)).get(found.__name__)
        if not getattr(settings, "is_live", False) and (held is not found or module == "__main__"):
            raise NotImportableError(
                f"another process cannot import the executor `{found.__qualname__}`",
                where=t.name,
                expected="a class at the top level of a module",
                got=f"module `{module}`",
                fix="move the class to the top level of a module (a .py file)",
            )
        return [TEMPLATE_PATH, f"{module}.{found.__name__}"]

    def get_all_tasks(self) -> list[Any]:
        """None: tasks are found by their template."""
        return []


default_task_template_resolver = TaskTemplateResolver()


class PythonCustomizedContainerTask(ExecutableTemplateShimTask, PythonTask[TC]):
    """A task of a plug-in with an image of its own. A subclass's `get_custom` gives all that its executor needs to know.

    Raises:
        OptionError: an option has a wrong value.
    """

    SERIALIZE_SETTINGS: SerializationSettings = LiveSettings(
        image_config=ImageConfig(default_image=Image(name="default", fqn="local/placeholder", tag="latest"))
    )
    """With which the template of a run in this process is made; a subclass may have others."""

    def __init__(
        self,
        name: str,
        task_config: TC,
        container_image: object,
        executor_type: type[Any],
        task_resolver: object = None,
        task_type: str = "python-task",
        requests: Resources | None = None,
        limits: Resources | None = None,
        environment: dict[str, str] | None = None,
        secret_requests: Sequence[Secret] | None = None,
        **kwargs: Any,
    ) -> None:
        if not isinstance(cast("object", executor_type), type):
            raise OptionError(
                "executor_type is not a class",
                where=name,
                expected="a class",
                got=preview(executor_type),
                fix="give the class itself, not an object of it",
            )
        super().__init__(
            None, executor_type, task_type=task_type, name=name, task_config=task_config, environment=environment,
            security_ctx=security_context(secret_requests, name) if secret_requests else None, **kwargs,
        )  # fmt: skip
        self._resources = resource_spec(None, requests, limits, name)
        self._container_image = container_image
        self._task_resolver: Any = task_resolver or default_task_template_resolver

    @property
    def name(self) -> str:
        """Full name, unique in its project."""
        return self._name

    @property
    def python_interface(self) -> Interface:  # pyright: ignore[reportIncompatibleVariableOverride] - declared here, guessed there
        """The interface as the author gave it."""
        return PythonTask.python_interface.__get__(self)

    def _check_order(self, names: list[str], result: object) -> None:
        """The order is the declared one."""

    @property
    def task_template(self) -> Any:
        """The template that a run in this process gives the executor."""
        if self._task_template is None:
            return self.serialize_to_model(self.SERIALIZE_SETTINGS)
        return self._task_template

    @property
    def resources(self) -> ResourceSpec:
        """Requests and limits."""
        return cast("ResourceSpec", self._resources)  # where nothing was asked for, what is read like an empty one

    @property
    def task_resolver(self) -> Any:
        """What finds this task's executor in a container."""
        return self._task_resolver

    @property
    def container_image(self) -> Any:
        """The image that was asked for."""
        return self._container_image

    def get_custom(self, settings: SerializationSettings) -> Mapping[str, Any] | None:
        """All that the executor needs to know.

        Raises:
            AuthoringError: the subclass does not define it.
        """
        del settings
        raise AuthoringError(
            f"{type(self).__name__} does not define get_custom",
            where=self.name,
            expected="a method get_custom(settings)",
            got="none",
            fix="return a dict of what the executor needs, {} for nothing",
        )

    def get_config(self, settings: SerializationSettings) -> Mapping[str, str] | None:
        """Settings of the plug-in as text; none unless a subclass has some."""
        del settings
        return {}

    def get_command(self, settings: SerializationSettings) -> list[str]:
        """The arguments that start the executor in its container."""
        return [
            *START, resolver_location(self.task_resolver, settings), "--",
            *self.task_resolver.loader_args(settings, self),
        ]  # fmt: skip

    def get_image(self, settings: SerializationSettings) -> str:
        """The image reference, templates filled in."""
        return image_name(self._container_image, settings.image_config)

    def get_container(self, settings: SerializationSettings) -> pb.Container | None:
        """The container that runs the executor."""
        made = pb.Container(image=self.get_image(settings), args=self.get_command(settings))
        self._resources.requests.write_entries(made.resources.requests)
        self._resources.limits.write_entries(made.resources.limits)
        env = {**(settings.env or {}), **self.environment}
        made.env.extend(pb.KeyValuePair(key=key, value=value) for key, value in env.items())
        return made

    def serialize_to_model(self, settings: SerializationSettings) -> TemplateOfTask:
        """The template as it is written with these settings."""
        named = pb.Identifier(
            resource_type=pb.ResourceType.TASK,
            project=settings.project or "",
            domain=settings.domain or "",
            name=self.name,
            version=settings.version or "",
        )
        return TemplateOfTask(template_message(self, named, settings))
