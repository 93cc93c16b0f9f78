"""How a container finds its task again: a resolver's import path, and arguments that it turns back into the task."""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Callable, Sequence
from types import CellType
from typing import Any

from compiler.errors import AuthoringError, NotImportableError
from compiler.source.tracking import TrackedInstance, function_names, importable_name, is_guarded, is_test_module
from literals import DrawloomError, attempt, preview

_DEFAULT_ARGS = 4


class ResolverError(DrawloomError, ValueError):
    """Loader arguments lead to no task: the module, the name or the kind of object is wrong."""


class TaskResolverMixin:
    """What a resolver offers. `loader_args` and `load_task` are inverse to each other."""

    @property
    def location(self) -> str:
        """Import path of the resolver itself."""
        raise AuthoringError(
            f"{type(self).__name__} does not say where it can be imported from",
            expected="a `location`",
            got="none",
            fix="define `location`",
        )

    def name(self) -> str:
        """The resolver's own name."""
        return type(self).__name__

    def load_task(self, loader_args: list[str]) -> Any:
        """The task that `loader_args` was given for."""
        del loader_args
        raise AuthoringError(
            f"{type(self).__name__} does not define load_task",
            expected="a method load_task(loader_args)",
            got="none",
            fix="define load_task, which gives the task that loader_args name",
        )

    def loader_args(self, settings: Any, t: Any) -> list[str]:
        """Arguments that lead back to the task."""
        del settings, t
        raise AuthoringError(
            f"{type(self).__name__} does not define loader_args",
            expected="a method loader_args(settings, task)",
            got="none",
            fix="define loader_args, which returns a list of texts",
        )

    def get_all_tasks(self) -> list[Any]:
        """Every task that this resolver knows."""
        raise AuthoringError(
            f"{type(self).__name__} does not define get_all_tasks",
            expected="a method get_all_tasks()",
            got="none",
            fix="define get_all_tasks, which returns a list of tasks",
        )

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
                fix="compile the workflow again with this version of drawloom",
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
                expected="a module that can be imported",
                got=repr(module),
                fix="run where the module can be imported, or put its folder on PYTHONPATH",
            ) from error
        if not hasattr(loaded, name):
            raise ResolverError(
                f"module `{module}` has no `{name}`",
                expected=f"a task named {name!r}",
                got="a module without it",
                fix="the module changed since the workflow was compiled; compile it again",
            )
        found = getattr(loaded, name)
        if not hasattr(found, "python_interface"):
            raise ResolverError(
                f"`{name}` of module `{module}` is not a task",
                expected="a task",
                got=preview(found),
                fix="the module changed since the workflow was compiled; compile it again",
            )
        return found

    def loader_args(self, settings: Any, t: Any) -> list[str]:
        """Module and variable of the task.

        For a run in this process, which has the task at hand, any name will do: the function's, or none.

        Raises:
            NotImportableError: no variable holds this very task, so another process cannot find it.
        """
        function = getattr(t, "task_function", None)
        if getattr(settings, "is_live", False):
            if function is not None:
                _, module, name = function_names(function)
            else:
                module, name = t.find_variable() or (t.instantiated_in, "")
            return ["task-module", module, "task-name", name]
        found = t.find_variable()
        if found is not None and importable_name(found[0]) != "__main__" and not is_guarded(*found):
            return ["task-module", importable_name(found[0]), "task-name", found[1]]
        if function is not None and found is None and _is_made_by_a_test(t, function):
            _, module, name = function_names(function)
            return ["task-module", module, "task-name", name]
        raise _not_importable(t, function, found)

    def get_all_tasks(self) -> list[Any]:
        """Not known: this resolver holds no list.

        Raises:
            AuthoringError: always.
        """
        raise AuthoringError(
            "the default resolver finds tasks by import and keeps no list of them",
            expected="a resolver that keeps its tasks in a list",
            got="the default resolver",
            fix="go through the module's variables yourself",
        )


default_task_resolver = DefaultTaskResolver()


def _is_made_by_a_test(t: Any, function: Callable[..., Any]) -> bool:
    """Whether a function of a test module made the task: flytekit lets tests write such tasks, which are never loaded."""
    in_function = t.made_at.code.co_flags & inspect.CO_OPTIMIZED  # neither a module's body nor a class's
    return bool(in_function) and (
        is_test_module(t.instantiated_in) or is_test_module(getattr(function, "__module__", ""))
    )


def _not_importable(t: Any, function: Callable[..., Any] | None, found: tuple[str, str] | None) -> NotImportableError:
    """Why another process cannot find the task again, and what to do about it."""
    module = t.instantiated_in if function is None else getattr(function, "__module__", None) or t.instantiated_in
    where = t.name
    if found is not None and is_guarded(*found):
        return NotImportableError(
            'another process cannot import this task: it is declared below `if __name__ == "__main__"`',
            where=where,
            expected="a task that the module has whenever it is imported",
            got="one that it has only as the main program",
            fix="move it above, to the top level of the module",
            location=t.made_at,
        )
    if found is not None or (module == "__main__" and importable_name(module) == "__main__"):
        return NotImportableError(
            "another process cannot import this task: it was declared in a notebook or at a prompt",
            where=where,
            expected="a task in a module that has a file",
            got="module `__main__`, which has no file",
            fix="move it to a module (a .py file), and import it from there",
            location=t.made_at,
        )
    name: str = getattr(function, "__name__", "")
    loaded = sys.modules.get(module)
    held = vars(loaded).get(name) if loaded is not None else None
    return NotImportableError(
        f"no variable of module `{module}` holds this {type(t).__name__}, so another process cannot find it",
        where=where,
        expected=f"a variable at the top level of `{module}` that holds it",
        got=f"`{name}` there is {preview(held)}" if held is not None else f"no `{name}` there",
        fix=_cure(t, function, held, module),
        location=t.made_at,
    )


def _cure(t: object, function: Callable[..., Any] | None, held: object, module: str) -> str:
    top = f"at the top level of `{module}`"
    qualified: str = getattr(function, "__qualname__", "")
    name: str = getattr(function, "__name__", "")
    if getattr(function, "__self__", None) is not None:
        return f"write a function {top}, and give it what it needs of the object as inputs"
    if name == "<lambda>":
        return f"write a `def` with annotations {top}"
    if "." in qualified and "<locals>" not in qualified:
        return f"move `{name}` out of class `{qualified.rpartition('.')[0]}`, to the top level of `{module}`"
    if held is not None and _wraps(held, t):
        return "put @task above the other decorators"
    call = f": {name}_task = task({name})" if held is function is not None else ""
    return f"assign it to a variable of its own {top}{call}"


def _wraps(outer: object, t: object) -> bool:
    """Whether a variable holds what another decorator made of the task."""
    closure: tuple[CellType, ...] = getattr(outer, "__closure__", None) or ()
    if any(cell.cell_contents is t for cell in closure if _filled(cell)):
        return True
    return getattr(outer, "__wrapped__", None) is t


def _filled(cell: CellType) -> bool:
    try:
        cell.cell_contents  # noqa: B018 - asked for its error
    except ValueError:
        return False
    return True


def resolver_location(resolver: Any, settings: object) -> str:
    """The import path of a task's resolver; of one that no variable holds, a run in this process needs only its module.

    Raises:
        NotImportableError: another process cannot find the resolver.
    """
    if getattr(settings, "is_live", False) and isinstance(resolver, TrackedInstance) and resolver.lhs is None:
        return f"{resolver.instantiated_in}."
    return resolver.location


def load_resolver(location: str) -> Any:
    """The resolver at an import path; a class is called without arguments.

    Raises:
        ResolverError: no module or no such name in it.
    """
    # flytekit's resolvers are drawloom's of these names: they find tasks by the same loader arguments.
    path = f"drawloom.{location}" if location.startswith("flytekit.") else location
    module, _, name = path.rpartition(".")
    found = attempt(importlib.import_module, module) if module else None
    if found is None or found.error is not None or not hasattr(found.value, name):
        raise ResolverError(
            f"there is no resolver `{location}`",
            expected="module.name of a resolver",
            got=repr(location),
            fix="check the path, or put its folder on PYTHONPATH",
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

    def add(self, t: object) -> None:
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
                fix="compile the workflow again",
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
        raise ResolverError(
            "this resolver does not hold the task",
            expected="a task that was added to this resolver",
            got=t.name,
            fix="add it: resolver.add(task)",
        )
