"""Notifications of Flyte 2: who is told when a run ends. Kept in the run's record; nothing is sent from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from drawloom.actions.phase import ActionPhase
from literals import DrawloomError, preview


class NotificationError(DrawloomError, ValueError):
    """A notification says something that cannot be."""


@dataclass(frozen=True, kw_only=True)
class Notification:
    """Told when a run reaches one of these phases.

    Raises:
        NotificationError: no phase, or one that is not an end.
    """

    on_phase: ActionPhase | tuple[ActionPhase, ...]

    def __post_init__(self) -> None:
        phases = self.on_phase if isinstance(self.on_phase, tuple) else (self.on_phase,)
        if not phases or not all(isinstance(phase, ActionPhase) and phase.is_terminal for phase in phases):  # pyright: ignore[reportUnnecessaryIsInstance] - callers
            raise NotificationError(
                "a notification is for the end of a run",
                where="on_phase",
                expected="a phase in which a run ends",
                got=preview(self.on_phase),
                fix="use ActionPhase.SUCCEEDED or ActionPhase.FAILED",
            )


@dataclass(frozen=True, kw_only=True)
class Email(Notification):
    """By mail."""

    recipients: tuple[str, ...]
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    subject: str = "Run {{.Run.Name}} {{.Phase}}"
    body: str = "Run: {{.Run.Name}}\nPhase: {{.Phase}}\nError: {{.Error}}\n"
    html_body: str | None = None


@dataclass(frozen=True, kw_only=True)
class Slack(Notification):
    """To a Slack channel's webhook."""

    webhook_url: str
    message: str | None = None
    blocks: tuple[Mapping[str, Any], ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Teams(Notification):
    """To a Teams channel's webhook."""

    webhook_url: str
    title: str = "Run {{.Run.Name}} {{.Phase}}"
    message: str | None = None
    card: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Webhook(Notification):
    """To any address."""

    url: str
    method: str = "POST"
    headers: Mapping[str, str] | None = None
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class NamedDelivery(Notification):
    """By a delivery that the platform knows by name."""

    name: str


@dataclass(frozen=True)
class NamedRule:
    """By a rule that the platform knows by name."""

    name: str


__all__ = ["Email", "NamedDelivery", "NamedRule", "Notification", "Slack", "Teams", "Webhook"]
