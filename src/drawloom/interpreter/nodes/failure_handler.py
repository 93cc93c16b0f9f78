"""What a failure node is told: inputs whose type is the error type, and those named `err`.

A handler's input that the workflow itself has stays bound to the workflow's; an input of the error type (also inside an
Optional) that was bound to nothing gets `Error{failed_node_id, message}`. Rule: by type, not by name; flytekit's local run
goes by the name `err` alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drawloom.interpreter.failures import Failure
from drawloom.interpreter.program.graph import NodePlan
from literals import is_simple, pb, variants


def error_inputs(
    node: NodePlan, interface: pb.TypedInterface | None, known: Mapping[str, bytes], failure: Failure
) -> dict[str, bytes]:
    """Literals for the handler's error inputs."""
    if interface is None:
        return {}
    found: dict[str, bytes] = {}
    for name, variable in interface.inputs.variables.items():
        if name not in known and _takes_error(variable.type):
            literal = _error_literal(failure, node)
            found[name] = _for_type(literal, variable.type).SerializeToString(deterministic=True)
    return found


def _error_literal(failure: Failure, node: NodePlan) -> Any:
    return pb.Literal(
        scalar=pb.Scalar(error=pb.Error(failed_node_id=failure.node or node.id, message=failure.message()))
    )


def _is_error(kind: pb.LiteralType) -> bool:
    return is_simple(kind, pb.SimpleType.ERROR)


def _takes_error(kind: pb.LiteralType) -> bool:
    return any(map(_is_error, variants(kind)))


def _for_type(literal: pb.Literal, kind: pb.LiteralType) -> Any:
    if not kind.HasField("union_type"):
        return literal
    variant = next(each for each in kind.union_type.variants if _is_error(each))
    return pb.Literal(scalar=pb.Scalar(union=pb.Union(value=literal, type=variant)))
