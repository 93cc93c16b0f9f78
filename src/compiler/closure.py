"""A workflow with everything that it needs to run, as one message: templates, connections, and where its lines are.

What there is one of for each node is written as wire bytes and parsed once, several times faster than as objects.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from compiler.bind import field
from compiler.graph import Graph
from compiler.node import EMBEDDED, TASK, WORKFLOW
from ir import connections
from literals import pb, wire

_START, _END = "start-node", "end-node"
_DOWNSTREAM, _UPSTREAM = 7, 8
_SOURCE_MAP = 5


def add_closure(closure: pb.CompiledWorkflowClosure, workflow: Any, specs: Mapping[tuple[int, str], Any]) -> None:
    """Fill a closure: the workflow, the sub-workflows and tasks that it refers to at any depth.

    `specs`: specifications by resource type and name. What is not among them is a reference and stays one.
    """
    spec: pb.WorkflowSpec = specs[WORKFLOW, workflow.name]
    templates = {template.id.name: template for template in spec.sub_workflows}
    closure.primary.template.CopyFrom(spec.template)
    closure.primary.connections.CopyFrom(_connections(spec.template, workflow.graph()))
    seen: set[int] = {id(workflow)}
    tasks: set[str] = set()
    queue = list(workflow.dependencies())
    for entity in queue:  # grows while it is read
        if id(entity) in seen or getattr(entity, "reference", None) is not None:
            continue
        seen.add(id(entity))
        if entity.resource_type == TASK and entity.name not in tasks:
            tasks.add(entity.name)
            closure.tasks.add(template=specs[TASK, entity.name].template)
        elif entity.resource_type == WORKFLOW:
            template = templates[entity.name]
            closure.sub_workflows.add(template=template, connections=_connections(template, entity.graph()))
            queue.extend(entity.dependencies())
        elif entity.resource_type == EMBEDDED:
            queue.extend(entity.dependencies())


def _connections(template: pb.WorkflowTemplate, graph: Graph) -> pb.ConnectionSet:
    """Who runs after whom. Nodes that embed others are left to the reader of the template, which looks inside them."""
    if any(node.entity.resource_type == EMBEDDED for node in graph.nodes):
        return connections(template)
    followers: dict[str, list[str]] = {}
    parts: list[bytes] = []
    for node in graph.nodes:
        before = node.upstream_nodes
        waits_for = [before[0].id] if len(before) == 1 else sorted({other.id for other in before}) or [_START]
        parts.append(_entry(_UPSTREAM, node.id, waits_for))
        for name in waits_for:
            followers.setdefault(name, []).append(node.id)
    if ends := sorted(node.id for node in graph.nodes if node.id not in followers):
        parts.append(_entry(_UPSTREAM, _END, ends))
        followers.update((name, [_END]) for name in ends)
    parts.extend(_entry(_DOWNSTREAM, name, sorted(names)) for name, names in followers.items())
    return pb.ConnectionSet.FromString(b"".join(parts))


def _entry(number: int, name: str, ids: list[str]) -> bytes:
    listed = b"".join([field(1, i.encode()) for i in ids])
    return field(number, field(1, name.encode()) + field(2, listed))


def add_source_map(bundle: pb.Bundle, entities: Iterable[Any], identify: Any) -> None:
    """The line of each node, by the name of its file: nothing of the folders of the machine that compiled."""
    parts: list[bytes] = []
    for entity in entities:
        if entity.resource_type != WORKFLOW:
            continue
        head = field(1, identify(entity).SerializeToString(deterministic=True))
        files: dict[str, bytes] = {}
        for node in entity.graph().nodes:
            if node.place is None:
                continue
            file = node.place.file
            if file not in files:
                files[file] = field(3, Path(file).name.encode())
            line = wire.tag(4, wire.VARINT) + wire.varint(node.place.line) if node.place.line else b""
            parts.append(field(_SOURCE_MAP, head + field(2, node.id.encode()) + files[file] + line))
    bundle.MergeFromString(b"".join(parts))
