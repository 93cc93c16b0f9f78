"""`Environment`: options that several tasks share, with decorators that apply them.

Options given to a decorator or to `extend` come on top: dicts are joined, everything else is replaced.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, cast

from compiler.dynamic_tasks.dynamic_task import dynamic
from compiler.errors import OptionError
from compiler.tasks.function_task import task
from literals import preview


class Environment:
    """Shared options; `@env`, `@env.task`, `@env.task(retries=2)` and `@env.dynamic` make tasks with them."""

    def __init__(self, **overrides: object) -> None:
        if "_task_function" in overrides:
            raise OptionError(
                "an environment holds options, not a function",
                where="Environment",
                expected="options by name, such as retries=3",
                got="a function",
                fix="write `env = Environment(retries=3)`, then decorate with @env.task",
            )
        self.overrides = dict(overrides)

    def update(self, **overrides: object) -> None:
        """Put more options on top of these, for tasks that are made from now on."""
        self.overrides = joined(self.overrides, overrides)

    def extend(self, **overrides: object) -> Environment:
        """A new environment with more options on top; this one stays as it is."""
        return type(self)(**joined(self.overrides, overrides))

    def show(self) -> None:
        """Print the options, one to a line."""
        for name, value in self.overrides.items():
            print(f"{name} = {value!r}")  # noqa: T201 - printing is what it is for

    def __call__(self, _task_function: Callable[..., Any] | None = None, /, **overrides: object) -> Any:
        """Make a task of a function, with these options and `overrides` on top."""
        return self._decorated(task, _task_function, overrides)

    def task(self, _task_function: Callable[..., Any] | None = None, /, **overrides: object) -> Any:
        """Make a task of a function, with these options and `overrides` on top."""
        return self._decorated(task, _task_function, overrides)

    def dynamic(self, _task_function: Callable[..., Any] | None = None, /, **overrides: object) -> Any:
        """Make a dynamic task of a function, with these options and `overrides` on top."""
        return self._decorated(dynamic, _task_function, overrides)

    def _decorated(self, decorator: Callable[..., Any], fn: object, overrides: Mapping[str, Any]) -> Any:
        options = joined(self.overrides, overrides)
        if fn is None:
            return functools.partial(decorator, **options)
        if not callable(fn):
            raise OptionError(
                "an environment decorates functions",
                where="Environment",
                expected="a function",
                got=preview(fn),
                fix="write @env above a `def`, or @env(option=...)",
            )
        return decorator(fn, **options)

    def __repr__(self) -> str:
        return f"Environment({', '.join(f'{name}={value!r}' for name, value in self.overrides.items())})"


def joined(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Two sets of options: dicts are joined at any depth, other values of `over` win. Neither is changed."""
    made: dict[str, Any] = {
        name: joined(inner, {}) if (inner := _options(value)) is not None else value for name, value in under.items()
    }
    for name, value in over.items():
        below, above = _options(made.get(name)), _options(value)
        made[name] = value if below is None or above is None else joined(below, above)
    return made


def _options(value: Any) -> dict[str, Any] | None:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None
