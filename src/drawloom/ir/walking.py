"""Walking workflows: every node, every promise, every reference, and who waits for whom.

An arm of a branch holds whole nodes; an array node holds the node it maps. Those are *inner* nodes: they are reached from
their owner, are never named by another node's bindings, and read what the owner's scope has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from literals import canonical_bytes, pb


class VisitedNode(NamedTuple):
    """A node met on a walk, and where: `n1`, `n1.then`, `n1.other[0]`, `n1.else`, `n2.each`, `failure`."""

    path: str
    node: pb.Node


def inner(node: pb.Node, path: str) -> Iterator[VisitedNode]:
    """The nodes that this one holds: the arms of a branch in order, the mapped node of an array."""
    if node.HasField("branch_node"):
        block = node.branch_node.if_else
        if block.HasField("case"):
            yield VisitedNode(f"{path}.then", block.case.then_node)
        for index, other in enumerate(block.other):
            yield VisitedNode(f"{path}.other[{index}]", other.then_node)
        if block.HasField("else_node"):
            yield VisitedNode(f"{path}.else", block.else_node)
    elif node.HasField("array_node"):
        yield VisitedNode(f"{path}.each", node.array_node.node)


def walk(nodes: Iterable[pb.Node], prefix: str = "") -> Iterator[VisitedNode]:
    """Every node, owners before the nodes inside them, in declared order. Deep nesting costs no recursion."""
    stack = [VisitedNode(f"{prefix}{node.id}", node) for node in nodes][::-1]
    while stack:
        visited = stack.pop()
        yield visited
        stack.extend([*inner(visited.node, visited.path)][::-1])


def walk_template(template: pb.WorkflowTemplate) -> Iterator[VisitedNode]:
    """Every node of a workflow, its failure node last."""
    yield from walk(template.nodes)
    if template.HasField("failure_node"):
        failure = template.failure_node
        yield VisitedNode("failure", failure)
        for visited in inner(failure, "failure"):
            yield from walk([visited.node], "failure.")


def promises(data: pb.BindingData) -> Iterator[pb.OutputReference]:
    """Every promise inside a binding, in order; maps by key."""
    stack = [data]
    while stack:
        item = stack.pop()
        kind = item.WhichOneof("value")
        if kind == "promise":
            yield item.promise
        elif kind == "collection":
            stack.extend([*item.collection.bindings][::-1])
        elif kind == "map":
            stack.extend(item.map.bindings[name] for name in sorted(item.map.bindings, reverse=True))


def references(node: pb.Node) -> Iterator[pb.Identifier]:
    """The entities that this node itself runs (not those of the nodes inside it)."""
    if node.HasField("task_node") and node.task_node.HasField("reference_id"):
        yield node.task_node.reference_id
    elif node.HasField("workflow_node"):
        target = node.workflow_node
        if target.HasField("launchplan_ref"):
            yield target.launchplan_ref
        elif target.HasField("sub_workflow_ref"):
            yield target.sub_workflow_ref


def upstream(node: pb.Node) -> list[str]:
    """Ids of the nodes that must end before this one starts, each once, in the order met. Inner nodes' needs count.

    The empty id, which stands for the workflow's own inputs, is left out.
    """
    found: dict[str, None] = {}
    holds = node.HasField("branch_node") or node.HasField("array_node")
    for item in [visited.node for visited in walk([node])] if holds else (node,):
        for binding in item.inputs:
            data = binding.binding
            if data.HasField("promise"):  # most are, and need no walk
                found[data.promise.node_id] = None
            else:
                found.update((promise.node_id, None) for promise in promises(data))
        found.update(dict.fromkeys(item.upstream_node_ids))
    found.pop("", None)
    return list(found)


def all_references(template: pb.WorkflowTemplate) -> list[pb.Identifier]:
    """Every entity that a workflow's nodes run, each once, in the order met."""
    found: dict[bytes, pb.Identifier] = {}
    for visited in walk_template(template):
        for identifier in references(visited.node):
            found.setdefault(canonical_bytes(identifier), identifier)
    return list(found.values())
