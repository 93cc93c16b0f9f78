"""A workflow with everything that it needs to run, as the bytes of one message: templates, and who runs after whom."""

from __future__ import annotations

from collections.abc import Container, Mapping

from compiler.emit.node_bytes import connection_bytes, embeds
from compiler.emit.serialize import Emitter
from compiler.graph.bind import field, wrapped
from compiler.graph.node import EMBEDDED, TASK, WORKFLOW
from compiler.workflows.entity_reference import ReferencedEntity
from compiler.workflows.function_workflow import WorkflowBase
from drawloom.ir import Key, connections


def closure_pieces(
    workflow: WorkflowBase, emitter: Emitter, tasks: Mapping[str, bytes], sound: Container[Key] | None = None
) -> list[bytes]:
    """The canonical bytes of a CompiledWorkflowClosure, in pieces: the workflow, and what it refers to at any depth.

    `tasks`: task templates by name. What is not among them is a reference and stays one. `sound`: give only what has to
    be verified, which is neither connections nor the nodes of these workflows.
    """
    pieces = wrapped(1, _compiled(workflow, emitter, sound))
    called: dict[str, bytes] = {}
    seen: set[int] = {id(workflow)}
    queue = list(workflow.dependencies())
    for entity in queue:  # grows while it is read
        if id(entity) in seen or isinstance(entity, ReferencedEntity):
            continue
        seen.add(id(entity))
        if entity.resource_type == TASK:
            called.setdefault(entity.name, field(3, field(1, tasks[entity.name])))
        elif entity.resource_type == WORKFLOW:
            pieces += wrapped(2, _compiled(entity, emitter, sound))
            queue.extend(entity.dependencies())
        elif entity.resource_type == EMBEDDED:
            queue.extend(entity.dependencies())
    return [*pieces, *called.values()]


def _compiled(workflow: WorkflowBase, emitter: Emitter, sound: Container[Key] | None) -> list[bytes]:
    """The canonical bytes of a CompiledWorkflow, in pieces."""
    if sound is not None:
        return wrapped(1, emitter.template_pieces(workflow, sound))
    template = wrapped(1, emitter.template_pieces(workflow))
    if embeds(workflow.graph()):
        # What a node holds waits too: left to the reader of the template, which looks inside.
        found = connections(emitter.workflow_template(workflow)).SerializeToString(deterministic=True)
    else:
        found = connection_bytes(emitter.written(workflow))
    return [*template, *wrapped(2, [found])]
