"""Options of launch plans and executions: labels, annotations, storage, roles, concurrency.

Plain records; each writes itself into the message it is given.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Any

from compiler.errors import OptionError
from compiler.options.notification import Notification
from compiler.options.security import Identity, SecurityContext
from compiler.options.writable import Writable
from literals import is_mapping, pb, preview


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

    @classmethod
    def default_from(cls, k8s_service_account: str | None = None, raw_data_prefix: str | None = None) -> Options:
        """Options from the two settings that a command line has."""
        identity = Identity(k8s_service_account=k8s_service_account) if k8s_service_account else None
        return cls(
            security_context=SecurityContext(run_as=identity) if identity else None,
            raw_output_data_config=RawOutputDataConfig(raw_data_prefix) if raw_data_prefix else None,
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
