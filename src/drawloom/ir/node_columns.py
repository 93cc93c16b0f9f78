"""The nodes of a workflow by columns: all ids, all bindings, all targets, each read in C at one go.

Reading a field of a message from Python costs as much as parsing the whole node does, so that walking ten thousand node
messages takes ten times as long as parsing them. Here the bytes of the nodes are joined with a separator behind each and
parsed once as columns (`idl/drawloom/shadow/nodes.proto`); what stands between two separators is one node's. Separators are
what no valid message holds (text that is not UTF-8, a message that does not parse), so nothing can be taken for one.

Fast path of `drawloom.ir.walking.promises` and of reading each node's message. Law: `tests/drawloom/ir/test_fast_check.py`.
"""

from __future__ import annotations

from itertools import repeat
from typing import Any, NamedTuple, TypeVar

from literals import pb, shadow, wire

_T = TypeVar("_T")
_NO_TEXT, _NO_MESSAGE = b"\xff", b"\x00"


def _end(*fields: tuple[int, bytes]) -> bytes:
    return b"".join(wire.delimited(number, payload) for number, payload in fields)


_NODE_END = _end((1, _NO_TEXT), (2, _NO_MESSAGE), (3, _NO_MESSAGE), (4, _NO_TEXT), (6, _NO_MESSAGE), (7, _NO_MESSAGE))
_BINDING_END = _end((1, _NO_TEXT), (2, _end((3, _end((1, _NO_TEXT), (2, _NO_TEXT), (3, _NO_MESSAGE))))))

INPUTS, CONSTANT = -1, -2
"""Where a value comes from if from no node: from the workflow's inputs (the empty id), from the binding itself."""

Edge = tuple[str, int, "str | bytes"]
"""What a binding says: the input, the position of the node that gives it, its output. What is not a promise, or one with a
path, has `CONSTANT` and the bytes of the whole Binding."""


class NodeColumns(NamedTuple):
    """The nodes of one workflow, field by field; `b""` where a node does not have the field.

    `waits`: the positions of the `upstream_node_ids`. An id that no node has is at the position behind the last node.
    """

    ids: list[str]
    metadata: list[bytes]
    edges: list[tuple[Edge, ...]]
    waits: list[tuple[int, ...]]
    tasks: list[bytes]
    workflows: list[bytes]


def node_bytes(template: pb.WorkflowTemplate) -> list[bytes]:
    """The bytes of each node of a template."""
    return shadow.shadow("Nodes").FromString(template.SerializeToString()).nodes[:]


def read_columns(nodes: list[bytes], *, has_inputs: bool = True) -> NodeColumns:
    """The columns of nodes that were serialized from messages (each field of a node is in its bytes at most once).

    `has_inputs`: whether the empty id stands for the workflow's inputs; else it is an id that no node has.
    """
    count = len(nodes)
    found = shadow.shadow("NodeColumns").FromString(_NODE_END.join([*nodes, b""]))
    ids = _one_each(found.id[:], _NO_TEXT, count)
    positions: dict[bytes, Any] = dict(zip(ids, range(count), strict=True))
    positions.update({b"": INPUTS if has_inputs else count, _NO_TEXT: None})
    return NodeColumns(
        [*map(bytes.decode, ids)],
        _one_each(found.metadata[:], _NO_MESSAGE, count),
        _edges_by_node(found.inputs[:], positions, count),
        _by_node([*map(positions.get, found.upstream_node_ids[:], repeat(count))]),
        _one_each(found.task_node[:], _NO_MESSAGE, count),
        _one_each(found.workflow_node[:], _NO_MESSAGE, count),
    )


def _by_node(column: list[_T | None]) -> list[tuple[_T, ...]]:
    """A column with None behind what belongs to each node, as a tuple for each node."""
    if column[1::2].count(None) * 2 == len(column) == column.count(None) * 2:
        return [*zip(column[::2], strict=True)]  # pyright: ignore[reportReturnType] - every second one is None, and no other
    out: list[tuple[_T, ...]] = []
    held: list[_T] = []
    for item in column:
        if item is None:
            out.append(tuple(held))
            held.clear()
        else:
            held.append(item)
    return out


def _one_each(column: list[bytes], end: bytes, count: int) -> list[bytes]:
    """A column in which each node has at most one value, without its separators."""
    if len(column) == count:
        return [b""] * count
    if len(column) == 2 * count and column[1::2].count(end) == count:
        return column[::2]
    out: list[bytes] = []
    held = b""
    for item in column:
        if item == end:
            out.append(held)
            held = b""
        else:
            held = item
    return out


def _edges_by_node(inputs: list[bytes], positions: dict[bytes, Any], count: int) -> list[tuple[Edge, ...]]:
    """What the bindings of each node say."""
    if len(inputs) == 2 * count and inputs[1::2].count(_NO_MESSAGE) == count:
        alone = inputs[::2]
        if 2 * len(set(alone)) > count:  # one binding each, and most are different
            return [*zip(_edges(alone, positions, count), strict=True)]
    different: dict[bytes, None] = dict.fromkeys(inputs)
    different.pop(_NO_MESSAGE, None)
    known: dict[bytes, Edge | None] = dict(zip(different, _edges(list(different), positions, count), strict=True))
    known[_NO_MESSAGE] = None
    return _by_node([*map(known.__getitem__, inputs)])


def _edges(bindings: list[bytes], positions: dict[bytes, Any], nowhere: int) -> list[Edge]:
    """What each of these bindings says."""
    count = len(bindings)
    found = shadow.shadow("BindingColumns").FromString(_BINDING_END.join([*bindings, b""]))
    promise = found.binding.promise
    names = _one_each(found.var[:], _NO_TEXT, count)
    sources = map(positions.get, _one_each(promise.node_id[:], _NO_TEXT, count), repeat(nowhere))
    outputs = _one_each(promise.var[:], _NO_TEXT, count)
    text = {name: name.decode() for name in {*names, *outputs}}
    made: list[Edge] = [*zip(map(text.__getitem__, names), sources, map(text.__getitem__, outputs), strict=True)]
    steps: list[bytes] = promise.attr_path[:]
    if len(steps) > count or not all(outputs):
        paths = _by_node([None if step == _NO_MESSAGE else step for step in steps])
        for at, (output, path) in enumerate(zip(outputs, paths, strict=True)):
            if path or not output:
                made[at] = (made[at][0], CONSTANT, bindings[at])
    return made
