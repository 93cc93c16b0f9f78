"""What `@env.task(...)` and `task.override(...)` may say, checked when it is said."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from compiler import Cache, VersionParameters
from drawloom.actions.option_names import EnvTaskOptions, OverrideOptions
from drawloom.actions.pickling import resolved
from drawloom.actions.policies import RetryStrategy, Timeout, retry_strategy, timeout_policy
from drawloom.exports.lazy_exports import did_you_mean
from literals import DrawloomError, named_tuple_fields, preview

INLINE_LIMIT = 10 * 1024 * 1024
"""Bytes that inputs or outputs of one task may have together."""


class TaskOptionError(DrawloomError, ValueError, TypeError):
    """An environment or one of its tasks has an option that it cannot have."""


def texts(values: Mapping[str, str] | None, where: str, what: str) -> dict[str, str]:
    """A dict of texts as a copy.

    Raises:
        TaskOptionError: not a dict, or a key or value that is not text.
    """
    if values is not None and not isinstance(values, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance] - callers
        raise TaskOptionError(
            f"{what} is a dict of texts",
            where=where,
            expected="a dict from text to text",
            got=preview(values),
            fix=f"write {what}={{'NAME': 'value'}}",
        )
    for key, value in (values or {}).items():
        if not isinstance(key, str) or not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance] - callers
            raise TaskOptionError(
                f"{what} holds texts only",
                where=f"{where}.{what}[{preview(key)}]",
                expected="text",
                got=preview(value),
                fix="use str(...)",
            )
    return dict(values or {})


def of_kind(value: Any, kinds: tuple[type, ...], where: str, what: str) -> Any:
    """`value`, if it is None or of one of these kinds.

    Raises:
        TaskOptionError: it is something else.
    """
    if value is not None and not isinstance(value, kinds):
        raise TaskOptionError(
            f"{what} has the wrong type",
            where=where,
            expected=" or ".join(kind.__name__ for kind in kinds),
            got=f"{type(value).__name__} {preview(value)}",
            fix="give a value of that type, or leave the option out",
        )
    return value


def list_of_kind(values: Sequence[Any], kind: type, where: str, what: str) -> list[Any]:
    """A list whose entries are all of one class.

    Raises:
        TaskOptionError: it is a text, or an entry is of another class.
    """
    if isinstance(values, str) or not all(isinstance(value, kind) for value in values):
        raise TaskOptionError(
            f"{what} is a list of {kind.__name__}",
            where=where,
            expected=f"a list of {kind.__name__}",
            got=preview(values),
            fix=f"write {what}=[...]",
        )
    return list(values)


def cache_of(request: object, where: str) -> Cache | None:
    """A cache request as a Cache; None when results are not cached.

    Raises:
        TaskOptionError: neither a word nor a Cache.
    """
    if isinstance(request, Cache):
        return request if request.is_enabled() else None
    if not isinstance(request, str):
        raise TaskOptionError(
            "cache is one of 'auto', 'override', 'disable', or a Cache",
            where=where,
            expected='"auto", "override", "disable" or a Cache',
            got=preview(request),
            fix="cache='auto'",
        )
    made = Cache(behavior=request)
    return made if made.is_enabled() else None


class TaskOptions:
    """Options of one env task, checked. `option_names` lists what `@env.task` takes, and what `override`."""

    NAMES = EnvTaskOptions.__optional_keys__
    OVERRIDES = OverrideOptions.__optional_keys__
    SETTLED = frozenset({"name", "image", "docs", "interface", "report", "triggers", "task_resolver"})

    def __init__(self, values: dict[str, Any], where: str) -> None:
        self.values = values
        self.short_name: str | None = values.get("short_name")
        self.cache: Cache | None = cache_of(values["cache"], where) if values["cache"] is not None else None
        self.retry: RetryStrategy = retry_strategy(values.get("retries", 0))
        self.timeout: Timeout = timeout_policy(values.get("timeout", 0))
        self.max_inline_io_bytes = _byte_count(values.get("max_inline_io_bytes", INLINE_LIMIT), where)
        self.report = bool(values.get("report"))
        self.env_vars = texts(values.get("env_vars"), where, "env_vars")

    @classmethod
    def of(cls, env: Any, given: Mapping[str, Any]) -> TaskOptions:
        """The options of `@env.task(...)` over those of the environment."""
        unknown = sorted(set(given) - cls.NAMES)
        if unknown:
            raise TaskOptionError(
                f"@env.task has no option {unknown[0]!r}",
                where=env.name,
                expected=", ".join(sorted(cls.NAMES)),
                got=f"{unknown[0]}={preview(given[unknown[0]])}",
                fix=did_you_mean(unknown[0], cls.NAMES).removeprefix("; ") or "check the spelling, or remove it",
            )
        values: dict[str, Any] = {
            "cache": env.cache or "disable",
            "resources": env.resources,
            "secrets": env.secrets,
            "env_vars": env.env_vars,
            "interruptible": env.interruptible,
            "pod_template": env.pod_template,
            "queue": env.queue,
            "service_account": env.service_account,
            "reusable": env.reusable,
            "plugin_config": env.plugin_config,
        }
        values |= {key: value for key, value in given.items() if value is not None}
        if values.get("reusable") is not None and given.get("pod_template") is not None:
            raise TaskOptionError(
                "a reused container has its environment's pod template",
                where=env.name,
                expected="a pod template of the environment alone",
                got=f"pod_template={preview(given['pod_template'])}",
                fix="give pod_template to the environment",
            )
        return cls(values, env.name)

    def changed(self, given: Mapping[str, Any], where: str) -> TaskOptions:
        """These options with others in their place; falsy values count.

        Raises:
            TaskOptionError: an option that is settled, unknown, or excluded by reuse.
        """
        for key in given:
            if key in self.SETTLED:
                raise TaskOptionError(
                    f"{key} cannot be overridden: it is part of what the task is",
                    where=where,
                    expected=", ".join(sorted(self.OVERRIDES)),
                    got=f"{key}={preview(given[key])}",
                    fix="declare another task",
                )
            if key not in self.OVERRIDES:
                raise TaskOptionError(
                    f"override has no option {key!r}",
                    where=where,
                    expected=", ".join(sorted(self.OVERRIDES)),
                    got=f"{key}={preview(given[key])}",
                    fix=did_you_mean(key, self.OVERRIDES).removeprefix("; ") or "check the spelling, or remove it",
                )
        values = {**self.values, **given}
        if given.get("reusable") == "off":
            values["reusable"] = None
        if values.get("reusable") is not None:
            for key in ("resources", "env_vars", "secrets", "service_account"):
                if key in given:
                    raise TaskOptionError(
                        f"{key} of a reused container cannot change",
                        where=where,
                        expected="the same for every call of a reused container",
                        got=f"{key}={preview(given[key])}",
                        fix='add reusable="off" to the override',
                    )
        values["cache"] = values["cache"] if values["cache"] is not None else "disable"
        return TaskOptions(values, where)


def _byte_count(value: Any, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise TaskOptionError(
            "max_inline_io_bytes is a number of bytes",
            where=where,
            expected="an int >= 0",
            got=preview(value),
            fix="write it in bytes, such as max_inline_io_bytes=10 * 1024 * 1024",
        )
    return value


def named_tuple_of(fn: Callable[..., Any]) -> Any:
    """The NamedTuple class that a function says it returns; None for anything else."""
    hint = resolved(inspect.unwrap(fn)).get("return")
    return hint if named_tuple_fields(hint) is not None else None


def cache_metadata(cache: Cache | None, fn: Callable[..., Any]) -> dict[str, Any]:
    """The fields of TaskMetadata that a cache sets; none for a version that is made when a result is looked up."""
    if cache is None or cache.version is None:
        # A version made from the function's source is asked for when a result is looked up, not when the file is imported.
        return {}
    return {
        "cache": True,
        "cache_version": cache.get_version(VersionParameters(fn)),
        "cache_serialize": cache.serialize,
        "cache_ignore_input_vars": cache.get_ignored_inputs(),
    }
