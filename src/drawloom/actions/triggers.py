"""Triggers of Flyte 2 tasks: when a platform starts them. Kept with the task; nothing here starts anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, final

from compiler import CronSchedule, FixedRate
from literals import DrawloomError, preview


class TriggerError(DrawloomError, ValueError):
    """A trigger says something that cannot be."""


@final
class _TriggerTime:
    """Stands for the time at which a trigger fires, as an input's value."""

    def __repr__(self) -> str:
        return "TriggerTime"


TriggerTime: Final = _TriggerTime()


@final
class _TriggeredArtifact:
    """Stands for the artifact whose new version started the run, as an input's value."""

    def __repr__(self) -> str:
        return "TriggeredArtifact"


TriggeredArtifact: Final = _TriggeredArtifact()


@final
@dataclass(frozen=True)
class TriggeredPartition:
    """Stands for one partition's value of that artifact.

    Raises:
        TriggerError: no key.
    """

    key: str

    def __post_init__(self) -> None:
        if not self.key:
            raise TriggerError(
                "a partition has a key",
                where="TriggeredPartition",
                expected="a key",
                got=repr(self.key),
                fix="write TriggeredPartition('key')",
            )


@dataclass(frozen=True)
class Cron:
    """A cron expression in a time zone.

    Raises:
        OptionError: the expression cannot be read or can never happen.
        TriggerError: there is no such time zone.
    """

    expression: str
    timezone: str = "UTC"

    def __post_init__(self) -> None:
        CronSchedule(schedule=self.expression)
        import zoneinfo  # noqa: PLC0415 - only triggers need it

        try:
            zoneinfo.ZoneInfo(self.timezone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError) as error:
            raise TriggerError(
                "there is no such time zone",
                where="Cron.timezone",
                expected="a name of the time-zone database, such as Europe/Berlin",
                got=preview(self.timezone),
                fix="mend the name, or leave it out for UTC",
            ) from error

    @property
    def timezone_expression(self) -> str:
        """The expression with its time zone in front."""
        return f"CRON_TZ={self.timezone} {self.expression}"


@dataclass(frozen=True)
class OnArtifact:
    """A new version of an artifact starts the task."""

    name: str
    version: str | None = None
    partitions: Mapping[str, str] | None = None


class Link(Protocol):
    """What shows a link beside an action on a platform."""

    def get_link(self, run_name: str, project: str, domain: str, context: dict[str, str], **names: Any) -> str:
        """The address."""
        ...


@dataclass(frozen=True)
class Trigger:
    """When and how a platform starts a task.

    Attributes are Flyte 2's; `automation` None means by hand only.
    """

    name: str
    automation: Cron | FixedRate | OnArtifact | None = None
    description: str = ""
    auto_activate: bool = True
    inputs: Mapping[str, Any] | None = None
    env_vars: Mapping[str, str] | None = None
    interruptible: bool | None = None
    overwrite_cache: bool = False
    queue: str | None = None
    max_action_concurrency: int | None = None
    labels: Mapping[str, str] | None = None
    annotations: Mapping[str, str] | None = None
    notifications: Any = None
    custom_context: Mapping[str, str] | None = field(default=None)

    def __post_init__(self) -> None:
        if not self.name:
            raise TriggerError(
                "a trigger needs a name",
                where="Trigger.name",
                expected="a name",
                got=repr(self.name),
                fix="write Trigger(name='...')",
            )

    @classmethod
    def _preset(cls, expression: str, name: str, time_input: str | None, options: dict[str, Any]) -> Trigger:
        inputs = dict(options.pop("inputs", None) or {})
        if time_input is not None:
            inputs[time_input] = TriggerTime
        name = options.pop("name", name)
        return cls(name=name, automation=Cron(expression), inputs=inputs or None, **options)

    @classmethod
    def minutely(cls, trigger_time_input_key: str | None = None, **options: object) -> Trigger:
        """Every minute."""
        return cls._preset("* * * * *", "minutely", trigger_time_input_key, options)

    @classmethod
    def hourly(cls, trigger_time_input_key: str | None = None, **options: object) -> Trigger:
        """Every hour, on the hour."""
        return cls._preset("0 * * * *", "hourly", trigger_time_input_key, options)

    @classmethod
    def daily(cls, trigger_time_input_key: str | None = None, **options: object) -> Trigger:
        """Every day at midnight."""
        return cls._preset("0 0 * * *", "daily", trigger_time_input_key, options)

    @classmethod
    def weekly(cls, trigger_time_input_key: str | None = None, **options: object) -> Trigger:
        """Every Sunday at midnight."""
        return cls._preset("0 0 * * 0", "weekly", trigger_time_input_key, options)

    @classmethod
    def monthly(cls, trigger_time_input_key: str | None = None, **options: object) -> Trigger:
        """On the first of each month at midnight."""
        return cls._preset("0 0 1 * *", "monthly", trigger_time_input_key, options)
