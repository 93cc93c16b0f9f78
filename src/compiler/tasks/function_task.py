"""Tasks made from a function, the `@task` decorator, and the registry of task plugins by configuration class."""

# ruff: noqa: FBT001, FBT002, PLR0917 - the options are flytekit's, in its order

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine, Iterable
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar, overload

from compiler.errors import OptionError
from compiler.graph.call import call_entity
from compiler.options.entity_texts import entity_description
from compiler.options.option_table import (
    DEFAULTS,
    ExecutionBehavior,
    FunctionTaskOptions,
    OptionUse,
    check_options,
    names_by_use,
    options_by_name,
)
from compiler.options.task_options import cache_settings
from compiler.source.functions import check_function, check_generator, nested_function
from compiler.source.interface import read_signature
from compiler.source.resolver import default_task_resolver
from compiler.source.tracking import function_names, is_nested
from compiler.tasks.python_task import PythonAutoContainerTask
from compiler.tasks.task_metadata import TaskMetadata
from drawloom.context import current
from literals import class_of, entrance, pb, preview

__tracebackhide__ = True  # pytest leaves out the frames of this module

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from compiler.options.documentation import Documentation

T = TypeVar("T")
P = ParamSpec("P")
R = TypeVar("R")


_INNER = "flytekit.core.python_function_task"
"""Part of the name of a task made inside a workflow's body: registered entities keep their names across SDKs."""


class PythonFunctionTask(PythonAutoContainerTask[T]):
    """A task whose code is a function. Names, interface and texts are read from it."""

    ExecutionBehavior = ExecutionBehavior

    must_return = True
    """A function that declares outputs and never returns a value is refused when it is declared."""

    def __init__(
        self,
        task_config: T | None,
        task_function: Callable[..., Any],
        task_type: str = "python-task",
        ignore_input_vars: list[str] | None = None,
        execution_mode: ExecutionBehavior = ExecutionBehavior.DEFAULT,
        task_resolver: object = None,
        node_dependency_hints: Iterable[Any] | None = None,
        pickle_untyped: bool = False,
        **kwargs: Any,
    ) -> None:
        name, module, _ = function_names(task_function)
        given = {
            "execution_mode": execution_mode,
            "node_dependency_hints": node_dependency_hints,
            "ignore_input_vars": ignore_input_vars,
            "pickle_untyped": pickle_untyped,
        }
        check_options(given, name)
        trace = current().trace
        if trace is not None and trace.resolver is not None and task_resolver is None:
            kind = type(self).__module__
            name = f"{trace.name}.{_INNER if kind.startswith('compiler.') else kind}.{name}"
        elif task_resolver in (None, default_task_resolver) and is_nested(task_function):
            raise nested_function(task_function, name)
        interface = read_signature(
            task_function, name=name, pickle_untyped=pickle_untyped, check_return=self.must_return
        )
        check_generator(task_function, interface.outputs, name)
        unknown = [n for n in ignore_input_vars or () if n not in interface.inputs]
        if unknown:
            raise OptionError(
                f"there is no input `{unknown[0]}` to ignore",
                where=name,
                expected=repr(interface),
                got=f"`{unknown[0]}`",
                fix="name an input of the task, or remove it",
            )
        for ignored in kwargs["metadata"].cache_ignore_input_vars if kwargs.get("metadata") is not None else ():
            if ignored not in interface.inputs:
                raise OptionError(
                    f"Cache ignores input `{ignored}`, which does not exist",
                    where=name,
                    expected=repr(interface),
                    got=f"`{ignored}`",
                    fix="name an input of the task, or remove it",
                )
        if node_dependency_hints is not None and execution_mode is not ExecutionBehavior.DYNAMIC:
            raise OptionError(
                "node_dependency_hints are for dynamic tasks: the dependencies of others are known",
                where=name,
                fix="remove them, or use @dynamic",
                expected="a dynamic task",
                got="a task whose body is not a graph",
            )
        super().__init__(
            name=name,
            task_config=task_config,
            task_type=task_type,
            interface=interface.remove_inputs(ignore_input_vars) if ignore_input_vars else interface,
            task_resolver=task_resolver,
            **kwargs,
        )
        self._task_function = task_function
        self._execution_mode = execution_mode
        self._node_dependency_hints = list(node_dependency_hints) if node_dependency_hints is not None else None
        self.__doc__ = task_function.__doc__
        self.__name__ = getattr(task_function, "__name__", name)
        self.__qualname__ = getattr(task_function, "__qualname__", name)
        self.__module__ = module
        self.__wrapped__ = task_function

    @property
    def task_function(self) -> Callable[..., Any]:
        """The user's function."""
        return self._task_function

    @property
    def docs(self) -> Documentation | None:
        """The docstring's texts, completed by what the author gave; None where there are neither."""
        doc = self.python_interface.docstring
        if not doc.short_description and not doc.long_description:
            return super().docs
        kinds = import_module("compiler.options.documentation")
        return kinds.documentation(super().docs, doc.short_description, doc.long_description)

    @property
    def execution_mode(self) -> ExecutionBehavior:
        """What running the function means."""
        return self._execution_mode

    @property
    def node_dependency_hints(self) -> list[Any] | None:
        """Entities that a dynamic task may call; written before it."""
        return self._node_dependency_hints

    @property
    def is_async(self) -> bool:
        """Whether a call of the function gives an awaitable."""
        return inspect.iscoroutinefunction(inspect.unwrap(self._task_function)) or inspect.iscoroutinefunction(
            self._task_function
        )

    def execute(self, **kwargs: Any) -> Any:
        """Call the user's function; the result of an async one is awaitable."""
        return self._task_function(**kwargs)

    @property
    def plain_function(self) -> Callable[..., Any] | None:
        """The function that `execute` calls with just its arguments; None where `execute` is another one, or mocked."""
        plain = type(self).execute is _EXECUTE and "execute" not in vars(self)
        return self._task_function if plain else None

    def describe(self) -> pb.DescriptionEntity | None:
        """The docstring's texts, completed by what the author gave."""
        doc = self.python_interface.docstring
        return entity_description(self._docs, doc.short_description, doc.long_description)

    def dependencies(self) -> Iterable[Any]:
        """The hints of a dynamic task."""
        return self._node_dependency_hints or ()


_EXECUTE = PythonFunctionTask[Any].execute


class FunctionTask(PythonFunctionTask[Any], Generic[P, R]):
    """A plain function as a task. For a type checker, calling it is calling the function."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:  # type: ignore[override]
        """Make a node while a workflow body is traced, else run."""
        trace = current().trace
        return call_entity(self, args, kwargs) if trace is None else trace.call(self, args, kwargs, 2)


if TYPE_CHECKING:

    class PendingResult(Coroutine[Any, Any, R], Any):  # pyright: ignore[reportGeneralTypeIssues, reportUntypedBaseClass]
        """What a call of an async task gives: the result in a workflow, a coroutine of it elsewhere.

        With Any among its bases it goes where the result goes; awaited, it is exactly the result.
        """


class AsyncFunctionTask(FunctionTask[P, Any], Generic[P, R]):
    """What a type checker sees of an async function as a task."""

    if TYPE_CHECKING:

        def __call__(self, *args: P.args, **kwargs: P.kwargs) -> PendingResult[R]:  # type: ignore[override]
            """The result, or a coroutine of it."""
            ...


class TaskPlugins:
    """Which task class a `task_config` of a given class makes. Registered by plugins when they are imported."""

    _classes: dict[Any, type[PythonFunctionTask[Any]]] = {}  # noqa: RUF012 - a registry, filled by plugins

    @classmethod
    def register_pythontask_plugin(cls, plugin_config_type: Any, plugin: Any) -> None:
        """Make `plugin` the class for configurations of this type.

        Raises:
            OptionError: another class is registered for it.
        """
        known = cls._classes.get(plugin_config_type)
        if known is not None and known is not plugin:
            raise OptionError(
                f"`{plugin_config_type.__name__}` makes {known.__name__} already",
                expected="one plug-in for each class",
                got=plugin.__name__,
                fix="register it once",
            )
        cls._classes[plugin_config_type] = plugin

    @classmethod
    def find_pythontask_plugin(cls, plugin_config_type: object) -> Any:
        """The class for a configuration type; FunctionTask where none is registered."""
        return cls._classes.get(plugin_config_type, FunctionTask)


@overload
def task(_task_function: Callable[P, Coroutine[Any, Any, R]], /) -> AsyncFunctionTask[P, R]: ...


@overload
def task(_task_function: Callable[P, R], /) -> FunctionTask[P, R]: ...


@overload
def task(_task_function: None = None, *in_order: object, **options: Unpack[FunctionTaskOptions]) -> _TaskDecorator: ...


def task(_task_function: Callable[..., Any] | None = None, *in_order: object, **options: object) -> Any:
    """Declare a function to be a task; with or without parentheses.

    Options are flytekit's, and `FunctionTaskOptions` lists them; by position they are in its order. Times are seconds or a timedelta.

    Raises:
        OptionError: an unknown option, a wrong value, or two that contradict each other.
        FlyteMissingTypeException: a parameter without annotation.
        DrawloomError: a type is not supported.
    """

    @entrance
    def wrapper(fn: Callable[..., Any]) -> Any:
        given = options_by_name(in_order, options, getattr(fn, "__name__", ""))
        check_function(fn, "@task")
        said = {**DEFAULTS, **given}
        where = function_names(fn)[0]
        check_options({name: said[name] for name in (*_CACHE, *_METADATA)}, where)
        metadata = _metadata(fn, said, where)
        task_config = said["task_config"]
        kind_of_config = class_of(task_config)
        _check_task_config(task_config, where)
        kind = TaskPlugins.find_pythontask_plugin(kind_of_config)
        return kind(task_config, fn, metadata=metadata, **{name: said[name] for name in _TASK})

    if _task_function is None:
        return wrapper
    return wrapper(_task_function)


class _TaskDecorator:
    """What `@task(...)` gives to a type checker: function in, task with the same signature out."""

    @overload
    def __call__(self, fn: Callable[P, Coroutine[Any, Any, R]], /) -> AsyncFunctionTask[P, R]: ...

    @overload
    def __call__(self, fn: Callable[P, R], /) -> FunctionTask[P, R]: ...

    def __call__(self, fn: Callable[..., Any], /) -> Any:
        return fn


_CACHE, _METADATA, _TASK = (names_by_use(use) for use in (OptionUse.CACHE, OptionUse.METADATA, OptionUse.TASK))


def _check_task_config(task_config: object, where: str) -> None:
    if task_config is None or TaskPlugins.find_pythontask_plugin(type(task_config)) is not FunctionTask:
        return
    raise OptionError(
        f"no plug-in is registered for a task_config of class `{type(task_config).__name__}`, so it would do nothing",
        where=where,
        expected="a config of a class with a plug-in",
        got=preview(task_config),
        fix="import the plug-in that registers it with TaskPlugins, or remove task_config",
    )


def _metadata(fn: Callable[..., Any], said: dict[str, Any], where: str) -> TaskMetadata:
    cached = cache_settings(
        **{name: said[name] for name in _CACHE},
        function=inspect.unwrap(fn),
        image=said["container_image"],
        pod_template=said["pod_template"],
        where=where,
    )
    try:
        return TaskMetadata(
            cache=cached.enabled,
            cache_serialize=cached.serialize,
            cache_version=cached.version,
            cache_ignore_input_vars=cached.ignored,
            **{name: said[name] for name in _METADATA},
        )
    except OptionError as error:
        error.where = where
        raise


__all__ = [
    "AsyncFunctionTask",
    "ExecutionBehavior",
    "FunctionTask",
    "PythonFunctionTask",
    "TaskPlugins",
    "task",
]
