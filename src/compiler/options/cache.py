"""How long a task's results stay good: cache version, what is ignored, and who makes the version.

`Cache` takes flytekit's fields (version, serialize, ignored_inputs, salt, policies) and Flyte 2's (behavior,
version_override, max_age). A version of "" means that results are not cached.
"""

# ruff: noqa: FBT001, FBT002 - the signatures are flytekit's and Flyte 2's, positions included

from __future__ import annotations

import ast
import datetime as dt
import hashlib
import inspect
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, overload, runtime_checkable

from compiler.errors import OptionError
from compiler.options.option_kinds import CacheOption
from compiler.options.task_options import CacheSettings, cache_settings
from literals import attempt, error_text, preview

AUTO, OVERRIDE, DISABLE = "auto", "override", "disable"
_ALIASES = {
    "enable": AUTO, "enabled": AUTO, "on": AUTO, "true": AUTO, "yes": AUTO,
    "off": DISABLE, "false": DISABLE, "no": DISABLE, "none": DISABLE,
    AUTO: AUTO, OVERRIDE: OVERRIDE, DISABLE: DISABLE,
}  # fmt: skip


class VersionParameters:
    """What a policy may look at: the function, and the image and pod that it runs in."""

    def __init__(
        self,
        func: Callable[..., Any] | None,
        container_image: object = None,
        pod_template: object = None,
        pod_template_name: str | None = None,
        code_bundle: object = None,
    ) -> None:
        self.func = func
        self.container_image = container_image
        self.pod_template = pod_template
        self.pod_template_name = pod_template_name
        self.code_bundle = code_bundle

    @property
    def image(self) -> Any:
        """Flyte 2's name of `container_image`."""
        return self.container_image


@runtime_checkable
class CachePolicy(Protocol):
    """Anything that makes a text from a task: results are reused as long as the text is the same."""

    def get_version(self, salt: str, params: VersionParameters) -> str:
        """The version that stands for `params`."""
        ...


class FunctionBodyPolicy:
    """The syntax tree of the function's source decides; comments and formatting do not count.

    Helpers that the function calls are not looked at.
    """

    def get_version(self, salt: str, params: VersionParameters) -> str:
        """SHA-256 of the syntax tree and the salt, in hex; "" without a function.

        Raises:
            OptionError: the function has no source, as in some interactive sessions.
        """
        if params.func is None:
            return ""
        try:
            source = inspect.getsource(inspect.unwrap(params.func))
        except (OSError, TypeError) as error:
            raise OptionError(
                "the function's source cannot be read, so no cache version can be made from it",
                where=getattr(params.func, "__qualname__", repr(params.func)),
                expected="a function in a file that can be read",
                got=preview(params.func),
                fix="name a version: Cache(version='1')",
            ) from error
        tree = ast.dump(ast.parse(textwrap.dedent(source)), include_attributes=False)
        return hashlib.sha256(tree.encode() + salt.encode()).hexdigest()


class Cache(CacheOption):
    """Caching of one task.

    `version`: the version itself. Without it, `policies` make one; `behavior="auto"` means the policy of the function
    body. `serialize`: of several runs with equal inputs one works and the others wait. `ignored_inputs`: names that
    do not count. `salt`: text mixed into made versions. `max_age`: seconds or timedelta after which a result is stale.
    The first positional argument is flytekit's version, or one of Flyte 2's words auto, override, disable.

    Raises:
        OptionError: no version and nothing to make one from, an unknown behavior, a negative age.
        OptionError: a policy without `get_version`, an age that is not a duration.
    """

    @overload
    def __init__(
        self,
        version: str | None = None,
        serialize: bool = False,
        ignored_inputs: tuple[str, ...] | str = (),
        salt: str = "",
        policies: list[CachePolicy] | CachePolicy | None = None,
    ) -> None: ...

    @overload
    def __init__(
        self,
        behavior: str,
        version_override: str | None = None,
        serialize: bool = False,
        ignored_inputs: tuple[str, ...] | str = (),
        salt: str = "",
        policies: list[CachePolicy] | CachePolicy | None = None,
        max_age: dt.timedelta | int | None = None,
    ) -> None: ...

    def __init__(self, *positional: object, **given: object) -> None:
        options = _named(positional, given)
        behavior, version = options.pop("behavior", None), options.pop("version", None)
        if behavior is None and version in _BEHAVIORS:
            behavior, version = version, None
        self.behavior = _behavior(behavior)
        override = options.pop("version_override", None)
        self.version: str | None = version if version is not None else override
        self.serialize = bool(options.pop("serialize", False))
        self.ignored_inputs: Any = options.pop("ignored_inputs", ())
        self.salt: str = options.pop("salt", "")
        self.policies = _policies(options.pop("policies", None), self.behavior)
        self.max_age = _age(options.pop("max_age", None))
        if self.version is None and not self.policies and self.behavior != DISABLE:
            raise OptionError(
                "a cache has neither a version nor a policy that makes one",
                where="Cache",
                expected="a version, or a policy",
                got="neither",
                fix="write Cache(version='1'), or Cache(behavior='auto') to follow the function's source",
            )

    @property
    def version_override(self) -> str | None:
        """Flyte 2's name of `version`."""
        return self.version

    def is_enabled(self) -> bool:
        """Whether results are cached at all."""
        return self.behavior != DISABLE

    def get_ignored_inputs(self) -> tuple[str, ...]:
        """The ignored names as a tuple, also where one was given as text."""
        given = self.ignored_inputs
        if isinstance(given, str):
            return (given,)
        return () if isinstance(given, bool) else tuple(given)

    def get_version(self, params: VersionParameters | None = None) -> str:
        """The version: "" when disabled, the given one, or SHA-256 over what the policies make of `params`.

        Raises:
            OptionError: a policy failed, or there is nothing that it could make a version of.
        """
        if self.behavior == DISABLE:
            return ""
        if self.version is not None:
            return self.version
        if params is None:
            raise OptionError(
                "a version that policies make is made of a task",
                expected="VersionParameters",
                got="nothing",
                fix="give VersionParameters(func=...), or name a version: Cache(version='1')",
            )
        made = "".join(_made_by(policy, self.salt, params) for policy in self.policies)
        return hashlib.sha256(made.encode()).hexdigest()

    def settings(self, function: Callable[..., Any] | None, image: object, pod_template: object) -> CacheSettings:
        """What a task's metadata says for this cache.

        Raises:
            OptionError: a policy failed.
        """
        if not self.is_enabled():
            return CacheSettings()
        version = self.get_version(VersionParameters(function, image, pod_template))
        return CacheSettings(enabled=True, version=version, serialize=self.serialize, ignored=self.get_ignored_inputs())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Cache) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment] # pyright: ignore[reportAssignmentType] - mutable, like flytekit's

    def __repr__(self) -> str:
        return f"Cache({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"


_FLYTE_1 = ("version", "serialize", "ignored_inputs", "salt", "policies")
_FLYTE_2 = ("behavior", "version_override", "serialize", "ignored_inputs", "salt", "policies", "max_age")
_BEHAVIORS = frozenset({AUTO, OVERRIDE, DISABLE})


def _named(positional: tuple[Any, ...], given: Mapping[str, Any]) -> dict[str, Any]:
    """All arguments by name; the first positional one tells whose order the others have."""
    is_flyte_2 = (bool(positional) and positional[0] in _BEHAVIORS) or "behavior" in given
    order = _FLYTE_2 if is_flyte_2 else _FLYTE_1
    if "behavior" in given:
        order = order[1:]
    if len(positional) > len(order):
        raise OptionError(
            "too many positional arguments",
            where="Cache",
            expected=", ".join(order),
            got=preview(positional),
            fix="give the rest by name",
        )
    named: dict[str, Any] = dict(zip(order, positional, strict=False))
    for name, value in given.items():
        if name not in {*_FLYTE_1, *_FLYTE_2}:
            raise OptionError(
                f"there is no option `{name}`",
                where="Cache",
                expected=", ".join(sorted({*_FLYTE_1, *_FLYTE_2})),
                got=repr(name),
                fix="use one of these names",
            )
        if name in named:
            raise OptionError(
                f"`{name}` is given twice",
                where="Cache",
                expected="one value",
                got="two values",
                fix="give it once, by position or by name",
            )
        named[name] = value
    return named


def _made_by(policy: CachePolicy, salt: str, params: VersionParameters) -> str:
    outcome = attempt(policy.get_version, salt, params)
    if outcome.error is not None:
        raise OptionError(
            "a cache policy failed",
            where=f"{type(policy).__name__} for {getattr(params.func, '__qualname__', 'no function')}",
            expected="a version, as text",
            got=error_text(outcome.error),
            fix="name a version: Cache(version='1')",
        ) from outcome.error
    return str(outcome.value)


def _behavior(given: object) -> str | None:
    if given is None:
        return None
    known = _ALIASES.get(given.lower()) if isinstance(given, str) else None
    if known is None:
        raise OptionError(
            f"{given!r} is not a cache behavior",
            where="Cache",
            expected="auto, override or disable",
            got=preview(given),
            fix="use one of these, or write Cache(version='1')",
        )
    return known


def _age(given: object) -> dt.timedelta | int | None:
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, (int, dt.timedelta)):
        raise OptionError(
            "max_age is not a duration",
            where="Cache",
            expected="whole seconds or a timedelta",
            got=preview(given),
            fix="write max_age=3600 or max_age=timedelta(hours=1)",
        )
    seconds = given if isinstance(given, int) else given.total_seconds()
    if seconds < 0:
        raise OptionError(
            "max_age is negative",
            where="Cache",
            expected="a duration above zero",
            got=preview(given),
            fix="write max_age=timedelta(hours=1)",
        )
    return given


def _policies(given: Sequence[CachePolicy] | CachePolicy | None, behavior: str | None) -> list[CachePolicy]:
    if given is None:
        return [FunctionBodyPolicy()] if behavior in {AUTO, OVERRIDE} else []
    listed: list[Any] = list(given) if isinstance(given, (list, tuple)) else [given]
    for policy in listed:
        if not isinstance(policy, CachePolicy):
            raise OptionError(
                "a cache policy has no get_version",
                where="Cache",
                expected="get_version(salt, params)",
                got=preview(policy),
                fix="define get_version(self, salt, params), which returns text",
            )
    return listed


__all__ = ["Cache", "CachePolicy", "CacheSettings", "FunctionBodyPolicy", "VersionParameters", "cache_settings"]
