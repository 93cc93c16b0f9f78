"""Where an entity elsewhere is, and what all entities that are only referred to share."""

from __future__ import annotations

from typing import Any

from compiler.errors import OptionError
from literals import pb, preview

TASK, WORKFLOW, LAUNCH_PLAN = 1, 2, 3


class EntityReference:
    """Project, domain, name and version of an entity elsewhere. Version text only; "" lets the platform choose.

    Raises:
        OptionError: a part is not a string, or the name is empty.
    """

    resource_type = 0

    def __init__(self, project: str, domain: str, name: str, version: str) -> None:
        given: dict[str, Any] = {"project": project, "domain": domain, "name": name, "version": version}
        for part, value in given.items():
            if not isinstance(value, str):
                raise OptionError(
                    f"the {part} of a reference is not a string",
                    where=type(self).__name__,
                    expected="text",
                    got=preview(value),
                    fix="write it as a string",
                )
        if not name:
            raise OptionError(
                "a reference has no name",
                where=type(self).__name__,
                expected="a name",
                got=repr(""),
                fix="give the name that the entity is registered with",
            )
        self.project = project
        self.domain = domain
        self.name = name
        self.version = version

    def identifier(self, resource_type: int) -> pb.Identifier:
        """The identifier as a message."""
        return pb.Identifier(
            resource_type=resource_type,  # pyright: ignore[reportArgumentType] - same numbers
            project=self.project,
            domain=self.domain,
            name=self.name,
            version=self.version,
        )

    @property
    def id(self) -> pb.Identifier:
        """The identifier as a message, with this reference's own kind."""
        return self.identifier(self.resource_type)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((self.resource_type, self.project, self.domain, self.name, self.version))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.project!r}, {self.domain!r}, {self.name!r}, {self.version!r})"


class TaskReference(EntityReference):
    """A task elsewhere."""

    resource_type = TASK


class WorkflowReference(EntityReference):
    """A workflow elsewhere. A node reaches it through its default launch plan, which has its name and version."""

    resource_type = WORKFLOW

    def identifier(self, resource_type: int) -> pb.Identifier:
        """The identifier that a node points to: the default plan's."""
        del resource_type
        return super().identifier(LAUNCH_PLAN)

    @property
    def id(self) -> pb.Identifier:
        """The identifier of the workflow itself."""
        return super().identifier(WORKFLOW)


class LaunchPlanReference(EntityReference):
    """A launch plan elsewhere."""

    resource_type = LAUNCH_PLAN


class ReferencedEntity:
    """An entity that is elsewhere: a node points to it, and it is not written."""

    reference: EntityReference
    resource_type: int
