"""A task's template as a message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from compiler.options.writable import Writable
from literals import pb

if TYPE_CHECKING:
    from compiler.options.settings import SerializationSettings
    from compiler.tasks.base_task import Task


def template_message(task: Task, identifier: pb.Identifier, settings: SerializationSettings) -> pb.TaskTemplate:
    """The template of a task under an identifier.

    Raises:
        DrawloomError: an option cannot be written; it names the task.
    """
    made = pb.TaskTemplate(
        id=identifier,
        type=task.task_type,
        metadata=task.metadata.to_message(),
        interface=task.interface,
        task_type_version=task.task_type_version,
        extended_resources=task.get_extended_resources(settings),
        config=task.get_config(settings) or {},
    )
    custom: Any = task.get_custom(settings)
    if custom is not None:
        if isinstance(custom, dict):
            made.custom.update(cast("dict[str, Any]", custom))
        else:
            made.custom.CopyFrom(custom)
    if (security := task.security_context) is not None:
        made.security_context.CopyFrom(security.to_message() if isinstance(security, Writable) else security)
    if (container := task.get_container(settings)) is not None:
        made.container.CopyFrom(container)
    elif (pod := task.get_k8s_pod(settings)) is not None:
        made.k8s_pod.CopyFrom(pod)
    elif (sql := task.get_sql(settings)) is not None:
        made.sql.CopyFrom(sql)
    return made
