"""Bindings to literal bytes, without a message for what is only passed on.

A `BindingData` is planned once per program into one of four frozen shapes; resolving one looks up a literal's bytes and
splices them. Attribute paths are walked on the literal: lists, maps, unions, msgpack binaries and Structs. What a step
into a msgpack binary or a Struct leaves is a literal of the same encoding; the reader's codec gives it its type.
Wire form: Literal{scalar=1, collection=2, map=3}; LiteralCollection{literals=1}.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, cast, final

import msgpack

import typeengine
from drawloom.interpreter.errors import FlytePromiseAttributeResolveException, OutputError
from literals import MalformedError, pack_map, parse, path, pb, preview, wire

INPUTS = -1
"""Position of the graph's own inputs in a frame's values (a list with one place more than it has nodes)."""

Path = tuple[str | int, ...]
Values = Sequence["Mapping[str, bytes] | None"]

_COLLECTION = 2
_MAP = 3
_SCALAR = 1
MSGPACK = "msgpack"


@final
class Constant(NamedTuple):
    """A literal that is known when the workflow is compiled."""

    literal: bytes


@final
class Reference(NamedTuple):
    """An output of another node, or an input of the graph (`slot` is `INPUTS`); `path` leads into it."""

    slot: int
    var: str
    path: Path = ()


@final
class ListOf(NamedTuple):
    """A list of bindings."""

    items: tuple[Plan, ...]


@final
class MapOf(NamedTuple):
    """A map of bindings."""

    items: tuple[tuple[str, Plan], ...]


Plan = Constant | Reference | ListOf | MapOf


def plan_binding(  # noqa: PLR0911 - one return for each form of a binding
    data: pb.BindingData, slots: Mapping[str, int]
) -> Plan:
    """Plan one binding; `slots` has the position of every node id that may be referred to (`""`: the inputs)."""
    if data.HasField("promise"):
        ref = data.promise
        return Reference(slots[ref.node_id], ref.var, _steps(ref) if ref.attr_path else ())
    kind = data.WhichOneof("value")
    if kind == "collection":
        items = tuple(plan_binding(item, slots) for item in data.collection.bindings)
        if all(type(item) is Constant for item in items):
            return Constant(collection(cast("Constant", item).literal for item in items))
        return ListOf(items)
    if kind == "map":
        pairs = tuple((key, plan_binding(item, slots)) for key, item in data.map.bindings.items())
        if all(type(item) is Constant for _, item in pairs):
            return Constant(mapping({key: cast("Constant", item).literal for key, item in pairs}))
        return MapOf(pairs)
    if kind == "offloaded_metadata":
        return Constant(pb.Literal(offloaded_metadata=data.offloaded_metadata).SerializeToString(deterministic=True))
    scalar = data.scalar.SerializeToString(deterministic=True)
    return Constant(wire.delimited(_SCALAR, scalar))


def _steps(ref: pb.OutputReference) -> Path:
    return tuple(
        step.int_value if step.WhichOneof("value") == "int_value" else step.string_value for step in ref.attr_path
    )


def collect_slots(plan: Plan, into: set[int]) -> None:
    """Add the positions that a plan reads."""
    kind = type(plan)
    if kind is Reference:
        into.add(cast("Reference", plan).slot)
    elif kind is ListOf:
        for item in cast("ListOf", plan).items:
            collect_slots(item, into)
    elif kind is MapOf:
        for _, item in cast("MapOf", plan).items:
            collect_slots(item, into)


def resolve(plan: Plan, values: Values, where: str) -> bytes:
    """The literal that a binding stands for.

    Raises:
        OutputError: the node has no such output.
        FlytePromiseAttributeResolveException: the attribute path leads to nothing.
    """
    if type(plan) is Reference:
        outputs = values[plan.slot]
        literal = outputs.get(plan.var) if outputs is not None else None
        if literal is None:
            raise OutputError(
                f"{'the workflow has no input' if plan.slot == INPUTS else 'an upstream node gave no output'} {plan.var!r}",
                where=where,
                expected=plan.var,
                got=preview(sorted(outputs or ())),
                fix="compile the workflow again",
            )
        return follow(literal, plan.path, plan.var, where) if plan.path else literal
    if type(plan) is Constant:
        return plan.literal
    if type(plan) is ListOf:
        return collection(resolve(item, values, where) for item in plan.items)
    return mapping({key: resolve(item, values, where) for key, item in plan.items})


def collection(items: Any) -> bytes:
    """The bytes of a literal that is a list of the given literals' bytes."""
    parts: list[bytes] = []
    for item in items:
        parts += (b"\x0a", wire.varint(len(item)), item)
    return wire.delimited(_COLLECTION, b"".join(parts))


def mapping(items: Mapping[str, bytes]) -> bytes:
    """The bytes of a literal that is a map of the given literals' bytes."""
    return wire.delimited(_MAP, pack_map(items))


def split_collection(literal: bytes) -> list[bytes] | None:
    """The elements of a literal that is a list, each as its bytes; None if it is none.

    A list that was written in pieces, or inside a union (an Optional list), reads the same; so does one that was cut out of
    a dataclass, whose elements stay packed. One that is offloaded is fetched, and its elements are not looked into.
    """
    literal = typeengine.inlined(literal)
    found: list[bytes] = []
    is_list = False
    for number, kind, start, end in wire.fields(literal):
        if number == _COLLECTION and kind == wire.LENGTH:
            is_list = True
            body = literal[start:end]
            found += [body[first:last] for field, form, first, last in wire.fields(body) if field == 1 and form == 2]  # noqa: PLR2004 - length-delimited
    if is_list:
        return found
    message = parse(pb.Literal, literal)
    held = message.scalar.WhichOneof("value") if message.WhichOneof("value") == "scalar" else None
    if held == "union":
        return split_collection(message.scalar.union.value.SerializeToString(deterministic=True))
    if held == "binary" and message.scalar.binary.tag == MSGPACK:
        tree = _tree(message.scalar.binary.value)
        return [_packed(item) for item in cast("list[Any]", tree)] if isinstance(tree, list) else None
    return None


def follow(literal: bytes, steps: Path, var: str, where: str) -> bytes:
    """Walk an attribute path into a literal. Raises `FlytePromiseAttributeResolveException` where it leads to nothing."""
    message = parse(pb.Literal, literal)
    for position, step in enumerate(steps):
        message = _unwrapped(message)
        kind = message.WhichOneof("value")
        if kind == "collection" and isinstance(step, int):
            items = message.collection.literals
            if not -len(items) <= step < len(items):
                raise _missing(var, steps[: position + 1], where, f"a list of {len(items)} elements")
            message = items[step]
        elif kind == "map":
            # Keys of a literal map are text whatever the Python key was.
            if str(step) not in message.map.literals:
                raise _missing(var, steps[: position + 1], where, preview(sorted(message.map.literals)))
            message = message.map.literals[str(step)]
        elif kind == "scalar" and message.scalar.WhichOneof("value") == "binary":
            return _into_msgpack(message.scalar.binary, steps, position, var, where)
        elif kind == "scalar" and message.scalar.WhichOneof("value") == "generic":
            return _into_struct(message.scalar.generic, steps, position, var, where)
        else:
            raise _missing(var, steps[: position + 1], where, f"a {_kind_text(message)}")
    return message.SerializeToString(deterministic=True)


def _unwrapped(message: pb.Literal) -> pb.Literal:
    while True:
        if message.WhichOneof("value") == "offloaded_metadata":
            message = typeengine.fetched(message)
        elif message.WhichOneof("value") == "scalar" and message.scalar.WhichOneof("value") == "union":
            message = message.scalar.union.value
        else:
            return message


def _kind_text(message: pb.Literal) -> str:
    kind = message.WhichOneof("value")
    return f"scalar {message.scalar.WhichOneof('value')}" if kind == "scalar" else str(kind)


def _into_msgpack(binary: pb.Binary, steps: Path, position: int, var: str, where: str) -> bytes:
    if binary.tag != MSGPACK:
        raise _missing(var, steps[: position + 1], where, f"binary of format {binary.tag!r}")
    tree = _tree(binary.value)
    tree = _walk(tree, steps, position, var, where)
    return _packed(tree)


def _tree(data: bytes) -> Any:
    """The tree in a literal's msgpack. Raises `MalformedError`."""
    try:
        return msgpack.unpackb(data, strict_map_key=False)
    except (ValueError, TypeError, OverflowError, RecursionError, msgpack.UnpackException) as error:
        raise MalformedError(
            "these bytes are not msgpack",
            expected="one value",
            got=preview(data[:40]),
            fix="write the value again: the bytes are cut off, or of something else",
        ) from error


def _packed(tree: object) -> bytes:
    value = msgpack.packb(tree)
    return pb.Literal(scalar=pb.Scalar(binary=pb.Binary(value=value, tag=MSGPACK))).SerializeToString(
        deterministic=True
    )


def _walk(tree: object, steps: Path, start: int, var: str, where: str) -> Any:
    for position in range(start, len(steps)):
        step = steps[position]
        if isinstance(tree, dict):
            found = cast("dict[Any, Any]", tree)
            key = step if step in found else str(step)
            if key not in found:
                raise _missing(var, steps[: position + 1], where, preview(list(found)))
            tree = found[key]
        elif isinstance(tree, list) and isinstance(step, int):
            items = cast("list[Any]", tree)
            if not -len(items) <= step < len(items):
                raise _missing(var, steps[: position + 1], where, f"a list of {len(items)} elements")
            tree = items[step]
        else:
            raise _missing(var, steps[: position + 1], where, preview(cast("object", tree)))
    return tree


def _into_struct(struct: object, steps: Path, position: int, var: str, where: str) -> bytes:
    tree = _walk(_plain_struct(struct), steps, position, var, where)
    return _struct_literal(tree).SerializeToString(deterministic=True)


def _plain_struct(struct: Any) -> dict[str, Any]:
    return {key: _plain_value(value) for key, value in struct.fields.items()}


def _plain_value(value: Any) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return _plain_struct(value.struct_value)
    if kind == "list_value":
        return [_plain_value(item) for item in value.list_value.values]
    return None if kind in {None, "null_value"} else getattr(value, kind)


def _struct_literal(tree: Any) -> pb.Literal:
    """A value out of a Struct as the literal of its kind; numbers are floats there, and int readers take whole ones."""
    if isinstance(tree, dict):
        literal = pb.Literal()
        literal.scalar.generic.update(cast("dict[str, Any]", tree))
        return literal
    if isinstance(tree, list):
        items = [_struct_literal(item) for item in cast("list[Any]", tree)]
        return pb.Literal(collection=pb.LiteralCollection(literals=items))
    if tree is None:
        return pb.Literal(scalar=pb.Scalar(none_type=pb.Void()))
    if isinstance(tree, bool):
        return pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(boolean=tree)))
    if isinstance(tree, float):
        return pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(float_value=tree)))
    return pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(string_value=tree)))


def _missing(var: str, steps: Path, where: str, got: str) -> FlytePromiseAttributeResolveException:
    return FlytePromiseAttributeResolveException(
        "an attribute path leads to nothing",
        where=f"{where}, {path.path_text(var, steps)}",
        expected=preview(steps[-1]),
        got=got,
        fix="check the attribute, key or index against the value that the upstream task returns",
    )
