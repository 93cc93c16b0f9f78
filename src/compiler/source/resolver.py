"""How a container finds its task again: a resolver's import path, and arguments that it turns back into the task."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

from compiler.errors import AuthoringError
from compiler.source.tracking import TrackedInstance, function_names
from literals import DrawloomError, attempt

_DEFAULT_ARGS = 4


class ResolverError(DrawloomError, ValueError):
    """Loader arguments lead to no task: the module, the name or the kind of object is wrong."""


class TaskResolverMixin:
    """What a resolver offers. `loader_args` and `load_task` are inverse to each other."""

    @property
    def location(self) -> str:
        """Import path of the resolver itself."""
        raise AuthoringError(
            f"{type(self).__name__} does not say where it can be imported from", fix="define `location`"
        )

    def name(self) -> str:
        """The resolver's own name."""
        return type(self).__name__

    def load_task(self, loader_args: list[str]) -> Any:
        """The task that `loader_args` was given for."""
        del loader_args
        raise AuthoringError(f"{type(self).__name__} does not define load_task")

    def loader_args(self, settings: Any, t: Any) -> list[str]:
        """Arguments that lead back to the task."""
        del settings, t
        raise AuthoringError(f"{type(self).__name__} does not define loader_args")

    def get_all_tasks(self) -> list[Any]:
        """Every task that this resolver knows."""
        raise AuthoringError(f"{type(self).__name__} does not define get_all_tasks")

    def task_name(self, t: Any) -> str | None:
        """A name of the resolver's choice for the task; None leaves the task's own."""
        del t
        return None


class DefaultTaskResolver(TaskResolverMixin):
    """Finds a task as a variable of its module: `task-module M task-name T`."""

    instantiated_in = "compiler"
    lhs = "default_task_resolver"

    def find_lhs(self) -> str:
        """The variable that holds the one instance."""
        return self.lhs

    @property
    def location(self) -> str:
        """Where this resolver's one instance is."""
        return "compiler.default_task_resolver"

    def load_task(self, loader_args: Sequence[str]) -> Any:
        """Import the module and take the variable.

        Raises:
            ResolverError: the arguments have another form, the module cannot be imported, or has no such variable.
        """
        args = list(loader_args)
        if len(args) != _DEFAULT_ARGS or args[0] != "task-module" or args[2] != "task-name":
            raise ResolverError(
                "these loader arguments are not the default resolver's",
                expected="task-module <module> task-name <name>",
                got=" ".join(args),
            )
        _, module, _, name = args
        try:
            loaded = importlib.import_module(module)
        except ModuleNotFoundError as error:
            if error.name is None or not (module == error.name or module.startswith(f"{error.name}.")):
                raise
            raise ResolverError(
                f"module `{module}` cannot be found",
                where=f"task {name}",
                fix="run where the module can be imported, or put its folder on PYTHONPATH",
            ) from error
        if not hasattr(loaded, name):
            raise ResolverError(
                f"module `{module}` has no `{name}`",
                fix="the module changed since the workflow was compiled; compile it again",
            )
        return getattr(loaded, name)

    def loader_args(self, settings: Any, t: Any) -> list[str]:
        """Module and variable of the task; no variable where it is only run in this process and none holds it.

        Raises:
            AuthoringError: no variable holds the task, so a container cannot find it.
        """
        function = getattr(t, "task_function", None)
        if function is not None:
            _, module, name = function_names(function)
            return ["task-module", module, "task-name", name]
        if getattr(settings, "is_live", False) and t.lhs is None:
            return ["task-module", t.instantiated_in, "task-name", ""]
        module, _, name = t.location.rpartition(".")
        return ["task-module", module, "task-name", name]

    def get_all_tasks(self) -> list[Any]:
        """Not known: this resolver holds no list.

        Raises:
            AuthoringError: always.
        """
        raise AuthoringError("the default resolver finds tasks by import and keeps no list of them")


default_task_resolver = DefaultTaskResolver()


def load_resolver(location: str) -> Any:
    """The resolver at an import path; a class is called without arguments.

    Raises:
        ResolverError: no module or no such name in it.
    """
    module, _, name = location.rpartition(".")
    found = attempt(importlib.import_module, module) if module else None
    if found is None or found.error is not None or not hasattr(found.value, name):
        raise ResolverError(
            f"there is no resolver `{location}`", fix="check the path, or put its folder on PYTHONPATH"
        ) from (found.error if found is not None else None)
    resolver = getattr(found.value, name)
    return resolver() if isinstance(resolver, type) else resolver


class ClassStorageTaskResolver(TrackedInstance, TaskResolverMixin):
    """Keeps tasks in a list; an index leads back. For tasks that are made inside a function body."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mapping: list[Any] = []

    def name(self) -> str:
        """The resolver's own name."""
        return "ClassStorageTaskResolver"

    def get_all_tasks(self) -> list[Any]:
        """The tasks in the order in which they were added."""
        return self.mapping

    def add(self, t: Any) -> None:
        """Append a task."""
        self.mapping.append(t)

    def load_task(self, loader_args: Sequence[str]) -> Any:
        """The task at the index.

        Raises:
            ResolverError: not one index, or none that exists.
        """
        args = list(loader_args)
        if len(args) != 1 or not args[0].isdecimal() or int(args[0]) >= len(self.mapping):
            raise ResolverError(
                "the loader arguments lead to no task of this resolver",
                expected=f"one index below {len(self.mapping)}",
                got=" ".join(args),
            )
        return self.mapping[int(args[0])]

    def loader_args(self, settings: Any, t: Any) -> list[str]:
        """The index of the task.

        Raises:
            ResolverError: the task was never added.
        """
        del settings
        for index, known in enumerate(self.mapping):
            if known is t:
                return [str(index)]
        raise ResolverError("this resolver does not hold the task", got=t.name)
