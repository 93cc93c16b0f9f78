"""Messages that a platform sends when an execution ends, and the phases that they can wait for."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Any, cast

from compiler.errors import OptionError
from compiler.options.writable import Writable
from literals import is_iterable, pb, preview


class WorkflowExecutionPhase(enum.IntEnum):
    """Where an execution stands."""

    UNDEFINED = 0
    QUEUED = 1
    RUNNING = 2
    SUCCEEDING = 3
    SUCCEEDED = 4
    FAILING = 5
    FAILED = 6
    ABORTED = 7
    TIMED_OUT = 8
    ABORTING = 9

    @classmethod
    def enum_to_string(cls, value: int) -> str:
        """The name of a phase."""
        return cls(value).name


_FINAL = (
    WorkflowExecutionPhase.SUCCEEDED,
    WorkflowExecutionPhase.FAILED,
    WorkflowExecutionPhase.ABORTED,
    WorkflowExecutionPhase.TIMED_OUT,
)


class Notification(Writable):
    """A message to some addresses in some final phases; use one of the subclasses.

    Raises:
        OptionError: no phase, a phase that is not final, no recipient.
    """

    message_name = "Notification"
    _channel = ""

    def __init__(self, phases: object, recipients_email: object) -> None:
        where = type(self).__name__
        if not self._channel:
            raise OptionError(
                "a notification has no channel",
                where=where,
                expected="a channel: Email, Slack or PagerDuty",
                got="none",
                fix="use Email, Slack or PagerDuty",
            )
        if isinstance(phases, str) or not is_iterable(phases) or not phases:
            raise OptionError(
                "a notification has no phase",
                where=where,
                expected=_names(),
                got=preview(phases),
                fix="name at least one of these",
            )
        for phase in phases:
            if phase not in _FINAL:
                raise OptionError(
                    "a phase is not final",
                    where=where,
                    expected=_names(),
                    got=preview(phase),
                    fix="use one of these: a notification is sent when an execution has ended",
                )
        if isinstance(recipients_email, str) or not recipients_email:
            raise OptionError(
                "a notification has no list of recipients",
                where=where,
                expected="a list of addresses",
                got=preview(recipients_email),
                fix="write recipients_email=['name@example.com']",
            )
        self.phases = [int(cast("int | str", phase)) for phase in phases]
        self.recipients_email = list(cast("Iterable[str]", recipients_email))

    def write(self, into: pb.Notification) -> None:
        """Write phases and channel."""
        into.phases.extend(self.phases)  # pyright: ignore[reportArgumentType] - open enum: ints are legal
        channel: Any = getattr(into, self._channel)
        channel.recipients_email.extend(self.recipients_email)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((type(self), tuple(self.phases), tuple(self.recipients_email)))

    def __repr__(self) -> str:
        return f"{type(self).__name__}(phases={self.phases}, recipients_email={self.recipients_email})"


class Email(Notification):
    """By mail."""

    _channel = "email"


class Slack(Notification):
    """By mail to a Slack channel's address."""

    _channel = "slack"


class PagerDuty(Notification):
    """By mail to a PagerDuty service's address."""

    _channel = "pager_duty"


def _names() -> str:
    return ", ".join(phase.name for phase in _FINAL)
