"""The values of each node of a recorded run: outputs as recorded, inputs by following the bindings to them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from drawloom.interpreter import Program, RecordedRun, large_outputs
from drawloom.ir import Key, inner, key, workflow_reference
from literals import attempt, pb, unpack_map

_ITEM = re.compile(r"\[(\d+)\]\Z")
_ARM = re.compile(r"\.(case\d+|else)/[^/]*\Z")
_DEEPEST = 50
"""Sub-workflows in sub-workflows that are followed."""


class NodeValues:
    """Inputs and outputs by address. What the record has not is left out, never made up."""

    def __init__(self, recorded: RecordedRun, folder: Path, program: Program | None) -> None:
        self.recorded: dict[str, dict[str, bytes]] = {}
        for frame in recorded.frames:
            if frame["k"] == "out":
                data = frame.get("v")
                if data is None:
                    data = large_outputs(folder, frame["f"]) or b""
                self.recorded[frame["a"]] = attempt(unpack_map, data).value or {}
        self._program = program
        self._run_inputs = dict(recorded.inputs)
        self._main = recorded.info.entity
        self._items: dict[str, list[str]] = {}
        for address in self.recorded:
            found = _ITEM.search(address)
            if found:
                self._items.setdefault(address[: found.start()], []).append(address)

    def outputs_of(self, address: str, depth: int = 0) -> dict[str, bytes]:
        """What a node gave; `""` is the run."""
        if address in self.recorded:
            return self.recorded[address]
        if depth > _DEEPEST:
            return {}
        if address in self._items:
            return self._list_of(self._items[address])
        arms = [
            each for each in self.recorded if each.startswith(f"{address}.") and _ARM.fullmatch(each[len(address) :])
        ]
        if arms:
            return self.recorded[arms[0]]
        template = self._template(address)
        if template is None:
            return {}
        prefix = f"{address}/" if address else ""
        return self._bound(template.outputs, prefix, depth)

    def inputs_of(self, address: str, depth: int = 0) -> dict[str, bytes]:
        """What a node took: of an item of a map, its item of each list that the map goes over."""
        if not address:
            return self._run_inputs
        if depth > _DEEPEST:
            return {}
        node = self._node(_ITEM.sub("", address))
        if node is None:
            return {}
        plain = _ARM.sub("", _ITEM.sub("", address))
        prefix = plain[: plain.rfind("/") + 1]
        held = node.array_node.node if node.HasField("array_node") and not node.inputs else node
        taken = self._bound(held.inputs, prefix, depth)
        item = _ITEM.search(address)
        if item is None:
            return taken
        whole = set(node.array_node.bound_inputs)
        return {name: data if name in whole else _item_of(data, int(item[1])) for name, data in taken.items()}

    def _bound(self, bindings: Iterable[pb.Binding], prefix: str, depth: int) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        for binding in bindings:
            data = self._value(binding.binding, prefix, depth)
            if data is not None:
                found[binding.var] = data
        return found

    def _value(self, data: pb.BindingData, prefix: str, depth: int) -> bytes | None:
        kind = data.WhichOneof("value")
        if kind == "scalar":
            return pb.Literal(scalar=data.scalar).SerializeToString()
        if kind == "promise" and not data.promise.attr_path:
            promise = data.promise
            scope = prefix.rstrip("/")
            source = (
                self.inputs_of(scope, depth + 1)
                if not promise.node_id
                else self.outputs_of(prefix + promise.node_id, depth + 1)
            )
            return source.get(promise.var)
        if kind == "collection":
            made = [self._value(each, prefix, depth) for each in data.collection.bindings]
            if any(each is None for each in made):
                return None
            literal = pb.Literal(
                collection=pb.LiteralCollection(literals=[pb.Literal.FromString(each or b"") for each in made])
            )
            return literal.SerializeToString()
        return None

    def _list_of(self, items: list[str]) -> dict[str, bytes]:
        ordered = sorted(items, key=lambda each: int(each[each.rfind("[") + 1 : -1]))
        names = sorted({name for each in ordered for name in self.recorded[each]})
        return {
            name: pb.Literal(
                collection=pb.LiteralCollection(
                    literals=[
                        pb.Literal.FromString(self.recorded[each][name])
                        for each in ordered
                        if name in self.recorded[each]
                    ]
                )
            ).SerializeToString()
            for name in names
        }

    def _template(self, address: str) -> pb.WorkflowTemplate | None:
        """The workflow that runs at an address: the run's own at `""`, else that of a node for a sub-workflow or a plan."""
        if self._program is None:
            return None
        name: Key | None = self._main
        if address:
            node = self._node(address)
            if node is None or not node.HasField("workflow_node"):
                return None
            name = key(workflow_reference(node.workflow_node))
        plan = self._program.plan(name)
        if plan is not None:
            name = key(plan.spec.workflow_id)
        return self._program.workflows.get(name)

    def _node(self, address: str) -> pb.Node | None:
        head, _, last = _split(address)
        template = self._template(head)
        if template is None:
            return None
        found = _ARM.search(last)
        own = last[: found.start()] if found else last
        node = next((each for each in template.nodes if each.id == own), None)
        if node is None and template.HasField("failure_node"):
            node = template.failure_node
        if found is None or node is None:
            return node
        wanted = last[last.rfind("/") + 1 :]
        return next((visited.node for visited in inner(node, own) if visited.node.id == wanted), None)


def _split(address: str) -> tuple[str, str, str]:
    """The scope of a node and its name there: `n0/n1` is `n1` in `n0`; `n1.case0/n2` is all one name."""
    found = _ARM.search(address)
    end = found.start() if found else len(address)
    at = address.rfind("/", 0, end)
    return (address[:at], "/", address[at + 1 :]) if at >= 0 else ("", "", address)


def _item_of(data: bytes, index: int) -> bytes:
    """An item of a list; what is not a list, or a shorter one, stays as it is."""
    literals = pb.Literal.FromString(data).collection.literals
    return literals[index].SerializeToString() if index < len(literals) else data
