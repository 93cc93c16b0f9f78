"""Entities as specifications, under flytekit's names: what comes out are messages."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any, NamedTuple

from compiler import Emitter, OptionError, SerializationSettings, with_dependencies
from compiler import Options as Options
from literals import pb, preview


def get_serializable(
    entity_mapping: MutableMapping[Any, Any],
    settings: SerializationSettings,
    entity: Any,
    options: Options | None = None,
) -> Any:
    """The entity's TaskSpec, WorkflowSpec or LaunchPlan; kept in `entity_mapping`, and given again from there.

    Everything that the entity needs is kept there too, dependencies first, with the default launch plan of each workflow.

    Raises:
        DrawloomError: the entity cannot be written.
        OptionError: `options` are given, which drawloom takes where a launch plan is made.
    """
    if options is not None:
        raise OptionError(
            "options of a launch plan are given where an entity is written",
            where="get_serializable",
            expected="options=None",
            got=preview(options),
            fix="give them to LaunchPlan.get_or_create",
        )
    if entity not in entity_mapping:
        emitter = Emitter(settings)
        for needed in with_dependencies([entity]):
            if needed not in entity_mapping:
                entity_mapping[needed] = emitter.spec(needed)
        if entity not in entity_mapping:
            entity_mapping[entity] = emitter.spec(entity)
    return entity_mapping[entity]


get_serializable_workflow = get_serializable_launch_plan = get_serializable
"""flytekit's functions for one kind each; the entity says which kind it is."""


def get_serializable_task(
    entity_mapping: MutableMapping[Any, Any],
    settings: SerializationSettings,
    entity: object,
    options: Options | None = None,
) -> Any:
    """The task's TaskSpec."""
    return get_serializable(entity_mapping, settings, entity, options)


class EntityKey(NamedTuple):
    """An identifier's fields, as a key: messages cannot be one."""

    resource_type: int
    project: str
    domain: str
    name: str
    version: str


def gather_dependent_entities(
    serialized: Mapping[Any, Any],
) -> tuple[dict[EntityKey, pb.TaskTemplate], dict[EntityKey, pb.WorkflowSpec], dict[EntityKey, pb.LaunchPlanSpec]]:
    """Templates of tasks, specifications of workflows and of launch plans among what `get_serializable` kept."""
    tasks: dict[EntityKey, pb.TaskTemplate] = {}
    workflows: dict[EntityKey, pb.WorkflowSpec] = {}
    plans: dict[EntityKey, pb.LaunchPlanSpec] = {}
    for made in serialized.values():
        if isinstance(made, pb.TaskSpec):
            tasks[_key(made.template.id)] = made.template
        elif isinstance(made, pb.WorkflowSpec):
            workflows[_key(made.template.id)] = made
        elif isinstance(made, pb.LaunchPlan):
            plans[_key(made.id)] = made.spec
    return tasks, workflows, plans


def _key(identifier: pb.Identifier) -> EntityKey:
    return EntityKey(
        identifier.resource_type, identifier.project, identifier.domain, identifier.name, identifier.version
    )
