"""TaskMetadata: how often, how long and on which terms a task is tried, as flytekit's class of this name says it."""

# ruff: noqa: FBT001, FBT002, PLR0917 - the options are flytekit's, in its order

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from typing import Any

from compiler.errors import OptionError
from drawloom.exports import RUNTIME_VERSION
from literals import pb, preview


@dataclass(init=False, repr=False, eq=False)
class TaskMetadata:
    """Settings of a task under flytekit's names. `timeout`: seconds or a timedelta; 0 and None mean no limit.

    A dataclass whose methods are written out: generating them would cost every module with tasks most of a millisecond.

    Raises:
        OptionError: caching without a version, cache options without caching, or a wrong type.
    """

    cache: bool = False
    cache_serialize: bool = False
    cache_version: str = ""
    cache_ignore_input_vars: tuple[str, ...] = ()
    interruptible: bool | None = None
    deprecated: str = ""
    retries: int = 0
    timeout: dt.timedelta | int | None = None
    pod_template_name: str | None = None
    generates_deck: bool = False
    is_eager: bool = False
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None

    def __init__(
        self,
        cache: bool = False,
        cache_serialize: bool = False,
        cache_version: str = "",
        cache_ignore_input_vars: tuple[str, ...] = (),
        interruptible: bool | None = None,
        deprecated: str = "",
        retries: int = 0,
        timeout: dt.timedelta | int | None = None,
        pod_template_name: str | None = None,
        generates_deck: bool = False,
        is_eager: bool = False,
        labels: dict[str, str] | None = None,
        annotations: dict[str, str] | None = None,
    ) -> None:
        self.cache = cache
        self.cache_serialize = cache_serialize
        self.cache_version = cache_version
        self.cache_ignore_input_vars = cache_ignore_input_vars
        self.interruptible = interruptible
        self.deprecated = deprecated
        self.retries = retries
        self.timeout = timeout
        self.pod_template_name = pod_template_name
        self.generates_deck = generates_deck
        self.is_eager = is_eager
        self.labels = labels
        self.annotations = annotations
        self.__post_init__()

    def __repr__(self) -> str:
        shown = ", ".join(f"{each.name}={getattr(self, each.name)!r}" for each in fields(self))
        return f"{type(self).__qualname__}({shown})"

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return all(getattr(self, each.name) == getattr(other, each.name) for each in fields(self))

    __hash__ = None  # pyright: ignore[reportAssignmentType] - it can be changed

    def __post_init__(self) -> None:
        timeout: Any = self.timeout
        if isinstance(timeout, int) and not isinstance(timeout, bool):
            self.timeout = dt.timedelta(seconds=timeout) if timeout else None
        elif timeout is not None and not isinstance(timeout, dt.timedelta):
            raise OptionError(
                "`timeout` is neither seconds nor a timedelta",
                got=preview(timeout),
                fix="write timeout=60 or a timedelta",
                expected="whole seconds or a timedelta",
            )
        if isinstance(self.timeout, dt.timedelta) and self.timeout < dt.timedelta():
            raise OptionError(
                "`timeout` is negative",
                expected="a time from 0",
                got=preview(timeout),
                fix="write timeout=60 or a timedelta",
            )
        retries: Any = self.retries
        if not isinstance(retries, int) or isinstance(retries, bool) or retries < 0:
            raise OptionError(
                "`retries` is not a whole number from 0",
                expected="an int >= 0",
                got=preview(retries),
                fix="write how often the task may be tried again, such as retries=3",
            )
        interruptible: Any = self.interruptible
        if interruptible is not None and not isinstance(interruptible, bool):
            raise OptionError(
                "`interruptible` is neither True, False nor None",
                expected="True, False or None",
                got=preview(self.interruptible),
                fix="write interruptible=True for a task that may be taken away from its machine",
            )
        if self.cache and not self.cache_version:
            raise OptionError(
                "Caching is enabled and `cache_version` is not set",
                expected="a version, as text",
                got=preview(self.cache_version),
                fix='add cache_version="1"',
            )
        if not self.cache and (self.cache_serialize or self.cache_ignore_input_vars):
            raise OptionError(
                "`cache_serialize` and `cache_ignore_input_vars` need cache=True",
                expected="cache=True",
                got="cache=False",
                fix="add cache=True, or remove them",
            )

    def to_message(self) -> pb.TaskMetadata:
        """The wire form; retries, deck switch and object metadata are always present."""
        made = pb.TaskMetadata(
            discoverable=self.cache,
            runtime=pb.RuntimeMetadata(type=pb.RuntimeMetadata.FLYTE_SDK, version=RUNTIME_VERSION, flavor="python"),
            retries=pb.RetryStrategy(retries=self.retries),
            discovery_version=self.cache_version,
            deprecated_error_message=self.deprecated,
            cache_serializable=self.cache_serialize,
            pod_template_name=self.pod_template_name or "",
            cache_ignore_input_vars=self.cache_ignore_input_vars,
            is_eager=self.is_eager,
            metadata=pb.K8sObjectMetadata(labels=self.labels or {}, annotations=self.annotations or {}),
        )
        made.generates_deck.value = self.generates_deck
        made.generates_deck.SetInParent()
        if isinstance(self.timeout, dt.timedelta):
            made.timeout.FromTimedelta(self.timeout)
        if self.interruptible is not None:
            made.interruptible = self.interruptible
        return made
