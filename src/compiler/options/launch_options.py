"""Options of launch plans and executions: labels, annotations, storage, roles, concurrency.

Plain records; each writes itself into the message it is given.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from compiler.errors import OptionError
from compiler.options.notification import Notification
from compiler.options.security import Identity, SecurityContext
from compiler.options.task_options import check_kind
from compiler.options.writable import Writable
from literals import is_mapping, is_sequence, pb, preview


@dataclass
class Labels(Writable):
    """Kubernetes labels of an execution."""

    message_name = "Labels"
    values: dict[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        self.values = _text_map(self.values, "Labels")

    def write(self, into: pb.Labels) -> None:
        """Write the map."""
        into.values.update(self.values)


@dataclass
class Annotations(Writable):
    """Kubernetes annotations of an execution."""

    message_name = "Annotations"
    values: dict[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        self.values = _text_map(self.values, "Annotations")

    def write(self, into: pb.Annotations) -> None:
        """Write the map."""
        into.values.update(self.values)


@dataclass
class RawOutputDataConfig(Writable):
    """Where files, frames and other large values of an execution go; empty means the platform's place."""

    message_name = "RawOutputDataConfig"
    output_location_prefix: str = ""

    def write(self, into: pb.RawOutputDataConfig) -> None:
        """Write the prefix."""
        into.output_location_prefix = self.output_location_prefix


@dataclass
class AuthRole:
    """The older spelling of an identity: it becomes `SecurityContext(run_as=Identity(...))`."""

    assumable_iam_role: str | None = None
    kubernetes_service_account: str | None = None

    def security_context(self) -> SecurityContext:
        """The same as an identity."""
        return SecurityContext(
            run_as=Identity(iam_role=self.assumable_iam_role, k8s_service_account=self.kubernetes_service_account)
        )


class ConcurrencyLimitBehavior(enum.IntEnum):
    """What happens to a run above the limit."""

    UNSPECIFIED = 0
    SKIP = 1


@dataclass
class ConcurrencyPolicy(Writable):
    """How many runs of a launch plan may be going at once, and what happens to further ones."""

    message_name = "ConcurrencyPolicy"
    max_concurrency: Any
    behavior: ConcurrencyLimitBehavior | int | None = None

    def __post_init__(self) -> None:
        if (
            isinstance(self.max_concurrency, bool)
            or not isinstance(self.max_concurrency, int)
            or self.max_concurrency < 1
        ):
            raise OptionError(
                "max_concurrency is less than one",
                where="ConcurrencyPolicy",
                expected="an int >= 1",
                got=preview(self.max_concurrency),
                fix="write 1 or more",
            )
        if self.behavior is None:
            self.behavior = ConcurrencyLimitBehavior.SKIP

    def write(self, into: pb.ConcurrencyPolicy) -> None:
        """Write limit and behavior."""
        into.max = self.max_concurrency
        into.behavior = int(self.behavior or 0)  # pyright: ignore[reportAttributeAccessIssue] - open enum: ints are legal


@dataclass
class Options:
    """What a launch plan is registered with, or an execution started with."""

    labels: Labels | None = None
    annotations: Annotations | None = None
    raw_output_data_config: RawOutputDataConfig | None = None
    security_context: SecurityContext | None = None
    max_parallelism: int | None = None
    notifications: list[Notification] | None = None
    disable_notifications: bool | None = None
    overwrite_cache: bool | None = None

    def __post_init__(self) -> None:
        vars(self).update(checked_settings("Options", vars(self)))

    @classmethod
    def default_from(cls, k8s_service_account: str | None = None, raw_data_prefix: str | None = None) -> Options:
        """Options from the two settings that a command line has."""
        identity = Identity(k8s_service_account=k8s_service_account) if k8s_service_account else None
        return cls(
            security_context=SecurityContext(run_as=identity) if identity else None,
            raw_output_data_config=RawOutputDataConfig(raw_data_prefix) if raw_data_prefix else None,
        )


_KINDS: Mapping[str, tuple[type[Any], str]] = {
    "labels": (Labels, "Labels, or a dict of texts"),
    "annotations": (Annotations, "Annotations, or a dict of texts"),
    "raw_output_data_config": (RawOutputDataConfig, "a RawOutputDataConfig"),
    "security_context": (SecurityContext, "a SecurityContext"),
    "auth_role": (AuthRole, "an AuthRole"),
    "concurrency": (ConcurrencyPolicy, "a ConcurrencyPolicy"),
    "overwrite_cache": (bool, "True or False"),
    "auto_activate": (bool, "True or False"),
    "disable_notifications": (bool, "True or False"),
}
"""The class of each setting of executions, and what is expected in words."""


def checked_settings(where: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a plan's executions, by their options' names; labels and annotations that are dicts become records.

    None stays None. Names that are not here are not looked at.

    Raises:
        OptionError: one is of another kind.
    """
    checked = dict(settings)
    for name, value in settings.items():
        if name == "notifications":
            _check_notifications(value, where)
        if value is None or name not in _KINDS:
            continue
        kind, expected = _KINDS[name]
        if is_mapping(value) and (kind is Labels or kind is Annotations):
            checked[name] = kind(cast("dict[str, str]", value))
        else:
            check_kind(name, value, kind, expected, where)
    return checked


def _check_notifications(value: object, where: str) -> None:
    given: list[object] = list(value) if is_sequence(value) else [value]
    wrong = [one for one in given if not isinstance(one, Notification)]
    if value is not None and (wrong or not is_sequence(value)):
        raise OptionError(
            "notifications has a value of the wrong type",
            where=where,
            expected="a list of Email, Slack or PagerDuty",
            got=preview(wrong[0] if wrong else value),
            fix="write notifications=[Email(phases=[...], recipients_email=[...])]",
        )


def _text_map(values: object, where: str) -> dict[str, str]:
    if not is_mapping(values):
        raise OptionError(
            "the values are not a mapping",
            where=where,
            expected="a dict of text to text",
            got=preview(values),
            fix=f"write {where}={{'key': 'value'}}",
        )
    texts: dict[str, str] = {}
    for key, value in values.items():
        if not isinstance(key, str) or not isinstance(value, str):
            raise OptionError(
                "a key or a value is not a string",
                where=f"{where}[{key!r}]",
                expected="text to text",
                got=preview(value),
                fix="write str(...) around it",
            )
        texts[key] = value
    return texts
