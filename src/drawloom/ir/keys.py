"""`Key`: an `Identifier` as a hashable value, so that entities can be looked up and compared.

`org` is not part of it: Flyte's own look-ups are by the five other fields, and SDKs leave it empty.
"""

from __future__ import annotations

from typing import NamedTuple

from literals import pb

KINDS = ("entity", "task", "workflow", "launch plan", "dataset")
"""The word for each `ResourceType`, by number."""


class Key(NamedTuple):
    """One entity: what it is, and its name. Two keys are equal if they name the same entity."""

    resource_type: int
    project: str
    domain: str
    name: str
    version: str

    @property
    def kind(self) -> str:
        """The word for what it is: `task`, `workflow`, `launch plan`."""
        return KINDS[self.resource_type] if 0 <= self.resource_type < len(KINDS) else f"kind {self.resource_type}"

    def __str__(self) -> str:
        prefix = ":".join(part for part in (self.project, self.domain) if part)
        text = f"{prefix}:{self.name}" if prefix else self.name
        return f"{text}@{self.version}" if self.version else text


def key(identifier: pb.Identifier) -> Key:
    """The hashable value of an identifier."""
    return Key(identifier.resource_type, identifier.project, identifier.domain, identifier.name, identifier.version)
