"""Walking workflows: every node, every promise, every reference, and who waits for whom.

An arm of a branch holds whole nodes; an array node holds the node it maps. Those are *inner* nodes: they are reached from
their owner, are never named by another node's bindings, and read what the owner's scope has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, final

from drawloom.ir.node_visitor import NodeVisitor, entity_of_node
from literals import canonical_bytes, pb


class VisitedNode(NamedTuple):
    """A node met on a walk, and where: `n1`, `n1.then`, `n1.other[0]`, `n1.else`, `n2.each`, `failure`."""

    path: str
    node: pb.Node


@final
class _Inner(NodeVisitor[[str], Sequence[VisitedNode]]):
    def task_node(self, _: pb.Node, __: pb.TaskNode, /, path: str) -> Sequence[VisitedNode]:
        del path
        return ()

    def workflow_node(self, _: pb.Node, __: pb.WorkflowNode, /, path: str) -> Sequence[VisitedNode]:
        del path
        return ()

    def branch_node(self, _: pb.Node, target: pb.BranchNode, /, path: str) -> Sequence[VisitedNode]:
        block = target.if_else
        arms = [VisitedNode(f"{path}.then", block.case.then_node)] if block.HasField("case") else []
        arms += [VisitedNode(f"{path}.other[{index}]", other.then_node) for index, other in enumerate(block.other)]
        return [*arms, VisitedNode(f"{path}.else", block.else_node)] if block.HasField("else_node") else arms

    def gate_node(self, _: pb.Node, __: pb.GateNode, /, path: str) -> Sequence[VisitedNode]:
        del path
        return ()

    def array_node(self, _: pb.Node, target: pb.ArrayNode, /, path: str) -> Sequence[VisitedNode]:
        return (VisitedNode(f"{path}.each", target.node),)

    def unset(self, _: pb.Node, /, path: str) -> Sequence[VisitedNode]:
        del path
        return ()


_INNER = _Inner()


def inner(node: pb.Node, path: str) -> Sequence[VisitedNode]:
    """The nodes that this one holds: the arms of a branch in order, the mapped node of an array."""
    return _INNER.visit(node, path)


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
    entity = entity_of_node(node)
    if entity is not None and entity.ByteSize():
        yield entity


def upstream(node: pb.Node) -> list[str]:
    """Ids of the nodes that must end before this one starts, each once, in the order met. Inner nodes' needs count.

    The empty id, which stands for the workflow's own inputs, is left out.
    """
    found: dict[str, None] = {}
    for item in [visited.node for visited in walk([node])] if inner(node, "") else (node,):
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
