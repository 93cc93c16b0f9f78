"""Flyte's way to walk a graph by hand: promises that hold literals, found for each binding by node and output.

The interpreter does not use this; it is for code that was written against these functions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from compiler.errors import FlyteValidationException
from compiler.graph.member_path import ANYTHING, member
from compiler.graph.node import Node, start_node
from compiler.graph.promise import NodeOutput, Promise
from literals import pb
from typeengine import default_engine


def construct_input_promises(inputs: list[str]) -> dict[str, Promise]:
    """Promises of workflow inputs: outputs of a start node."""
    start = start_node()
    return {name: Promise(name, NodeOutput(start, name)) for name in inputs}


def get_promise(binding_data: pb.BindingData, outputs_cache: Mapping[Node, Mapping[str, Promise]]) -> Promise:
    """The ready promise for binding data, looked up among the outputs of nodes that ran.

    Raises:
        FlyteValidationException: a node or output that did not run, or binding data without a value.
    """
    return Promise("placeholder", _literal(binding_data, outputs_cache))


def get_promise_map(
    bindings: Iterable[pb.Binding], outputs_cache: Mapping[Node, Mapping[str, Promise]]
) -> dict[str, Promise]:
    """The ready promises for all inputs of a node; raises as `get_promise` does."""
    return {b.var: Promise(b.var, _literal(b.binding, outputs_cache)) for b in bindings}


def _literal(data: pb.BindingData, outputs: Mapping[Node, Mapping[str, Promise]]) -> pb.Literal:
    kind = data.WhichOneof("value")
    if kind == "promise":
        return _output(data.promise, outputs)
    if kind == "scalar":
        return pb.Literal(scalar=data.scalar)
    if kind == "collection":
        parts = [_literal(part, outputs) for part in data.collection.bindings]
        return pb.Literal(collection=pb.LiteralCollection(literals=parts))
    if kind == "map":
        entries = {key: _literal(part, outputs) for key, part in data.map.bindings.items()}
        return pb.Literal(map=pb.LiteralMap(literals=entries))
    if kind == "offloaded_metadata":
        return pb.Literal(offloaded_metadata=data.offloaded_metadata)
    raise FlyteValidationException(
        "binding data without a value",
        expected="a value, a promise, a list or a dict",
        got="binding data without any of them",
        fix="compile the workflow again",
    )


def _output(reference: pb.OutputReference, outputs: Mapping[Node, Mapping[str, Promise]]) -> pb.Literal:
    for node, promises in outputs.items():
        if node.id == reference.node_id:
            found: Any = promises.get(reference.var)
            if found is None:
                raise FlyteValidationException(
                    f"node `{reference.node_id}` has no output `{reference.var}`",
                    expected=", ".join(promises) or "no outputs at all",
                    got=reference.var,
                    fix="bind to one of the node's outputs",
                )
            return _member(found, reference)
    raise FlyteValidationException(
        f"node `{reference.node_id}` has not run",
        expected="a node that ran before",
        got=f"a reference to its output `{reference.var}`",
        fix="run nodes in the order of their edges",
    )


def _member(promise: Promise, reference: pb.OutputReference) -> pb.Literal:
    literal: pb.Literal = promise.drawloom_val
    hint = promise.drawloom_hint
    if not reference.attr_path:
        return literal
    if hint is ANYTHING:
        raise FlyteValidationException(
            f"the type of `{reference.var}` is not known, so neither are its members",
            expected="an output with a known type",
            got="an output without one",
            fix="give the whole output to a task, and take the member there",
        )
    value: Any = default_engine().codec(hint).decode(literal.SerializeToString(deterministic=True))
    for step in reference.attr_path:
        key = step.string_value if step.WhichOneof("value") == "string_value" else step.int_value
        hint = member(hint, key)
        found: Any = value
        value = found[key] if isinstance(value, (Mapping, list, tuple)) else getattr(found, str(key))
    return pb.Literal.FromString(default_engine().codec(type(value) if hint is ANYTHING else hint).encode(value))
