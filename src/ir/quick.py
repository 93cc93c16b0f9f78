"""The common node, checked without ceremony: a task whose inputs are whole outputs of nodes declared before it.

`Quick.fine` says yes only where every rule of a task node holds; anything it does not know, or that is wrong, goes through
the rules themselves, which find the words. A workflow in which it says yes to all nodes has no cycle either: every node
waits for earlier ones only.
"""

from __future__ import annotations

from ir.scope import Scope, Signature
from literals import assignable, pb

_TASK = 1


class Quick:
    """Checks the nodes of one scope; remembers which pairs of types flow."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.flows: dict[tuple[int, int], bool] = {}

    def fine(self, node: pb.Node, known: Signature, before: set[str]) -> bool:
        """Whether the node breaks no rule and waits only for the nodes in `before`."""
        return (
            node.HasField("task_node")
            and node.task_node.reference_id.resource_type == _TASK
            and not node.metadata.HasField("timeout")
            and before.issuperset(node.upstream_node_ids)
            and self._inputs(node, known, before)
        )

    def _inputs(self, node: pb.Node, known: Signature, before: set[str]) -> bool:
        inputs, scope = known.inputs, self.scope
        seen: set[str] = set()
        for binding in node.inputs:
            name, data = binding.var, binding.binding
            if name in seen or name not in inputs or not data.HasField("promise"):
                return False
            seen.add(name)
            promise = data.promise
            source, var = promise.node_id, promise.var
            outputs = scope.get(source) if not source or source in before else None
            if outputs is None or var not in outputs or promise.attr_path:
                return False
            if not self._flows(outputs[var], inputs[name]):
                return False
        return len(seen) == len(inputs)

    def _flows(self, up: pb.LiteralType, down: pb.LiteralType) -> bool:
        pair = (id(up), id(down))  # both live as long as the index and the scope
        found = self.flows.get(pair)
        if found is None:
            found = self.flows[pair] = assignable(up, down) is None
        return found
