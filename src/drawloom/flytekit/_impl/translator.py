"""Entities as specifications, under flytekit's names: what comes out are messages."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from compiler import Emitter, SerializationSettings
from compiler import Options as Options


def get_serializable(
    entity_mapping: MutableMapping[Any, Any],
    settings: SerializationSettings,
    entity: object,
    options: Options | None = None,
) -> Any:
    """The entity's TaskSpec, WorkflowSpec or LaunchPlan; kept in `entity_mapping`, and given again from there.

    Raises:
        DrawloomError: the entity cannot be written; `options` are given, which belong to a launch plan.
    """
    del options
    if entity not in entity_mapping:
        entity_mapping[entity] = Emitter(settings).spec(entity)
    return entity_mapping[entity]


def get_serializable_task(
    entity_mapping: MutableMapping[Any, Any],
    settings: SerializationSettings,
    entity: object,
    options: Options | None = None,
) -> Any:
    """The task's TaskSpec."""
    return get_serializable(entity_mapping, settings, entity, options)
