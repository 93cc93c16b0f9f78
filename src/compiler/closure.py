"""A workflow with everything that it needs to run, as the bytes of one message: templates, and who runs after whom."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from compiler.bind import field
from compiler.node import EMBEDDED, TASK, WORKFLOW
from compiler.serialize import Emitter
from compiler.writing import connection_bytes, embeds
from ir import Key, connections


def closure_bytes(
    workflow: Any, emitter: Emitter, tasks: Mapping[str, bytes], sound: Container[Key] | None = None
) -> bytes:
    """The canonical bytes of a CompiledWorkflowClosure: the workflow, the sub-workflows and tasks at any depth below.

    `tasks`: task templates by name. What is not among them is a reference and stays one. `sound`: give only what has to
    be verified, which is neither connections nor the nodes of these workflows.
    """
    subs: list[bytes] = []
    called: dict[str, bytes] = {}
    seen: set[int] = {id(workflow)}
    queue = list(workflow.dependencies())
    for entity in queue:  # grows while it is read
        if id(entity) in seen or getattr(entity, "reference", None) is not None:
            continue
        seen.add(id(entity))
        if entity.resource_type == TASK:
            called.setdefault(entity.name, field(3, field(1, tasks[entity.name])))
        elif entity.resource_type == WORKFLOW:
            subs.append(field(2, _compiled(entity, emitter, sound)))
            queue.extend(entity.dependencies())
        elif entity.resource_type == EMBEDDED:
            queue.extend(entity.dependencies())
    return b"".join((field(1, _compiled(workflow, emitter, sound)), *subs, *called.values()))


def _compiled(workflow: Any, emitter: Emitter, sound: Container[Key] | None) -> bytes:
    """The canonical bytes of a CompiledWorkflow."""
    if sound is not None:
        return field(1, emitter.template_bytes(workflow, sound))
    template = field(1, emitter.template_bytes(workflow))
    if embeds(workflow.graph()):
        # What a node holds waits too: left to the reader of the template, which looks inside.
        return template + field(
            2, connections(emitter.workflow_template(workflow)).SerializeToString(deterministic=True)
        )
    return template + field(2, connection_bytes(emitter.written(workflow)))
