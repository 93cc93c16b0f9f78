"""Values given to inputs and outputs, checked against the declared types and kept until the node ids are final.

Bound data is one of: bytes (a finished constant BindingData), a Promise, a BoundList, or a Mapping of bound data.
Constants go through the codec; a promise must be assignable to the declared type by the server's rules.
"""

from __future__ import annotations

import typing
import warnings
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

from compiler.errors import BindingError, PromiseUseError
from compiler.graph.member_path import ANYTHING, bare
from compiler.graph.promise import PROMISE_MARK, NodeOutput, OutputTuple, Promise, VoidPromise
from compiler.source.interface import is_optional
from compiler.source_location import nearest
from drawloom.ir import mismatch
from literals import DrawloomError, class_of, is_dict, map_order, pb, preview, type_text, wire
from typeengine import Codec, default_engine, lost_subclass

_MARK = PROMISE_MARK.encode()
_SHORT = 128


def field(number: int, payload: bytes) -> bytes:
    """A length-delimited field with number at most 10."""
    size = len(payload)
    if size < _SHORT:
        return bytes((number << 3 | wire.LENGTH, size)) + payload
    return wire.delimited(number, payload)


def wrapped(number: int, pieces: Sequence[bytes]) -> list[bytes]:
    """A length-delimited field whose payload is in pieces, in pieces: what is long is copied once, at the end."""
    return [wire.tag(number, wire.LENGTH) + wire.varint(sum(map(len, pieces))), *pieces]


class ConstantLossWarning(UserWarning):
    """A constant's literal carries a hash or metadata that a binding has no place for."""


class BoundList:
    """A list with promises in it."""

    __slots__ = ("items",)

    def __init__(self, items: list[Bound]) -> None:
        self.items = items


class BoundMap:
    """A dict with promises in it."""

    __slots__ = ("items",)

    def __init__(self, items: dict[str, Bound]) -> None:
        self.items = items


Bound: TypeAlias = "bytes | Promise | BoundList | BoundMap"


def bind(value: Any, hint: object, codec: Codec) -> Bound:
    """Check `value` against the type and keep what the message needs of it.

    Raises:
        BindingError: the type does not fit; a promise stands where a binding cannot hold one.
        PromiseUseError: the text of a promise, an entity without outputs, or several outputs where one is meant.
    """
    if isinstance(value, Promise):
        return _reference(value, hint, codec)
    kind = class_of(value)
    if kind is list or kind is dict or kind is tuple:
        if _holds_promise(value):
            return _container(value, hint)
    elif kind is VoidPromise:
        raise PromiseUseError(
            f"`{value.task_name}` declares no output, so there is nothing to bind",
            expected="a task that declares an output",
            got=repr(value),
            fix=f"annotate what `{value.task_name}` returns; to order nodes, use `>>`",
        )
    elif isinstance(value, OutputTuple):
        raise BindingError(
            "several outputs are given where one value is expected",
            expected="one value",
            got=repr(value),
            fix=f"pick one: {' or '.join(f'result.{name}' for name in value._fields)}",  # type: ignore[attr-defined] # pyright: ignore - the namedtuple beside the mixin
        )
    elif isinstance(value, NodeOutput):
        return _reference(Promise(value.var, value), hint, codec)
    elif hasattr(kind, "runs_before") and hasattr(kind, "outputs"):
        raise BindingError(
            "a node is given where a value is expected",
            expected="a value, or an output of a node",
            got=repr(value),
            fix="take its output: node.o0",
        )
    elif (refuse := getattr(kind, "drawloom_refuse", None)) is not None:
        # Something unfinished, such as a conditional without else_, explains itself.
        raise refuse(value)
    try:
        return constant(value, codec)
    except DrawloomError as error:
        if PROMISE_MARK in error.got and not isinstance(error, PromiseUseError):
            raise PromiseUseError(
                "a promise stands inside a value that has to be known as a whole",
                where=error.where,
                expected="a value without promises",
                got=preview(value),
                fix="build the value in a task that takes the promise as an input",
            ) from error
        raise


def _reference(promise: Promise, hint: object, codec: Codec) -> Bound:
    if promise.drawloom_node is None:
        return _binding_bytes(pb.Literal.FromString(_literal_bytes(promise.drawloom_val)))
    upstream = promise.drawloom_hint
    if promise.drawloom_path:
        upstream = _if_it_is_there(upstream)
    if upstream is not ANYTHING and upstream is not hint:
        reason = _mismatch(default_engine().codec(upstream), codec)
        if reason is not None:
            raise BindingError(
                f"the output {promise!r} does not fit: {reason}",
                expected=type_text(codec.literal_type),
                got=type_text(default_engine().codec(upstream).literal_type),
                fix="convert it in a task between the two, or change one of the types",
            )
    return promise


def _if_it_is_there(hint: object) -> Any:
    """Of a part of a value, the type without None: a platform looks at such a part when it runs, as does a run here."""
    variants = typing.get_args(bare(hint)) if is_optional(hint) else ()
    given = tuple(variant for variant in variants if variant is not type(None))
    return typing.Union[given] if given else hint  # noqa: UP007 - of a tuple


def _literal_bytes(literal: Any) -> bytes:
    return literal if isinstance(literal, bytes) else literal.SerializeToString(deterministic=True)


@lru_cache(maxsize=4096)
def _mismatch(upstream: Codec, downstream: Codec) -> str | None:
    if upstream is downstream:
        return None
    return mismatch(upstream.literal_type, downstream.literal_type) or (
        lost_subclass(upstream.form, downstream.form) or None
    )


def _holds_promise(value: Any) -> bool:
    kind = class_of(value)
    if kind is list or kind is tuple:
        return any(map(_holds_promise, value))
    if kind is dict:
        return any(map(_holds_promise, value.values()))
    return isinstance(value, (Promise, VoidPromise, OutputTuple))


def _container(value: Any, hint: object) -> Bound:
    hint = bare(hint)
    origin, args = typing.get_origin(hint) or hint, typing.get_args(hint)
    if origin is typing.Union or type(hint).__name__ == "UnionType":
        return _first_that_binds(value, args)
    if is_dict(value):
        if not (isinstance(origin, type) and issubclass(origin, Mapping)) or len(args) != 2:  # noqa: PLR2004 - key and value
            raise _no_place(value, hint, "dict[str, T]")
        texts = {key: part for key, part in value.items() if isinstance(key, str)}
        if len(texts) != len(value):
            raise _no_place(value, hint, "string keys")
        codec = default_engine().codec(args[1])
        return BoundMap({key: _element(f"[{key!r}]", part, args[1], codec) for key, part in texts.items()})
    if isinstance(value, tuple) or not (isinstance(origin, type) and issubclass(origin, Sequence)) or not args:
        raise _no_place(value, hint, "list[T]")
    element = args[0]
    codec = default_engine().codec(element)
    return BoundList(
        [
            part
            if type(part) is Promise and part.drawloom_hint is element and part.drawloom_node is not None
            else _element(f"[{i}]", part, element, codec)
            for i, part in enumerate(value)
        ]
    )


def _element(step: str, value: Any, hint: object, codec: Codec) -> Bound:
    try:
        return bind(value, hint, codec)
    except DrawloomError as error:
        error.where = f"{step}{error.where}" if error.where.startswith("[") else f"{step} {error.where}".rstrip()
        raise


def _first_that_binds(value: Any, variants: Sequence[Any]) -> Bound:
    reasons: list[str] = []
    for variant in variants:
        if variant is type(None):
            continue
        try:
            return bind(value, variant, default_engine().codec(variant))
        except (BindingError, TypeError, ValueError, AssertionError) as error:
            reasons.append(str(error).split("\n")[0])
    raise BindingError(
        "no variant of the union takes this value",
        expected=" | ".join(map(str, variants)),
        got="; ".join(reasons),
        fix="give a value of one of these types, or add its type to the union",
    )


def _no_place(value: Any, hint: object, wanted: str) -> BindingError:
    return BindingError(
        "a promise can stand in a list or in a dict with string keys, of a type that is declared as such; this value "
        "would have to be known as a whole",
        expected=wanted,
        got=f"{preview(value)} for {getattr(hint, '__name__', hint)}",
        fix="build the value in a task that takes the promises as inputs",
    )


def constant(value: Any, codec: Codec) -> bytes:
    """The BindingData of a Python value.

    Raises:
        PromiseUseError: the value holds the text of a promise.
        DrawloomError: the value does not fit the type (the codec's error).
    """
    literal = codec.encode(value)
    if _MARK in literal:
        raise PromiseUseError(
            "the value holds the text of a promise, not what the promise stands for",
            expected="a promise itself, or a value that is known while the workflow is compiled",
            got=preview(value),
            fix="pass the promise as an input, and format it in a task",
        )
    # A lone scalar has the same bytes as a literal and as a binding, field 1 of both; a union may hold a container.
    if literal[0] == _SCALAR:
        size, start = wire.read_varint(literal, 1)
        if start + size == len(literal) and literal[start] != _UNION:
            return literal
    return _binding_bytes(pb.Literal.FromString(literal))


_SCALAR = 1 << 3 | wire.LENGTH  # Literal.scalar and BindingData.scalar
_UNION = 9 << 3 | wire.LENGTH  # Scalar.union


def _binding_bytes(literal: pb.Literal) -> bytes:
    return literal_to_binding(literal).SerializeToString(deterministic=True)


def literal_to_binding(literal: pb.Literal) -> pb.BindingData:
    """A literal as binding data: collections and maps by part, also inside unions, which lose their wrapper then."""
    if literal.hash or literal.metadata:
        _warn_of_loss(literal)
    kind = literal.WhichOneof("value")
    if kind == "collection":
        parts = [literal_to_binding(part) for part in literal.collection.literals]
        return pb.BindingData(collection=pb.BindingDataCollection(bindings=parts))
    if kind == "map":
        entries = {key: literal_to_binding(part) for key, part in literal.map.literals.items()}
        return pb.BindingData(map=pb.BindingDataMap(bindings=entries))
    if kind == "offloaded_metadata":
        return pb.BindingData(offloaded_metadata=literal.offloaded_metadata)
    scalar = literal.scalar
    if scalar.WhichOneof("value") == "union" and scalar.union.value.WhichOneof("value") in {"collection", "map"}:
        return literal_to_binding(scalar.union.value)
    return pb.BindingData(scalar=scalar)


def _warn_of_loss(literal: pb.Literal) -> None:
    lost = "its hash" if literal.hash else "its time zone" if "tz" in literal.metadata else "its metadata"
    location = nearest()
    text = f"a constant in a workflow loses {lost}: bindings have no place for it; pass the value as an input"
    if location is None:
        warnings.warn(text, ConstantLossWarning, stacklevel=3)
    else:
        warnings.warn_explicit(text, ConstantLossWarning, location.file, location.line)


def references(data: Bound) -> Iterator[Promise]:
    """The promises in bound data, in order."""
    if isinstance(data, bytes):
        return
    if isinstance(data, Promise):
        yield data
    elif isinstance(data, BoundList):
        for part in data.items:
            yield from references(part)
    else:
        for part in data.items.values():
            yield from references(part)


def binding_bytes(var: str, data: bytes | Promise | BoundList | BoundMap) -> bytes:
    """The field `inputs` of a node: the canonical bytes of one Binding."""
    if type(data) is Promise and not data.drawloom_path:
        name, node, output = var.encode(), data.drawloom_node.id.encode(), data.drawloom_var.encode()
        size = len(node) + len(output) + 4
        whole = len(name) + size + 6
        if whole < _SHORT and node:
            # The commonest binding, written at one go: var, then promise{node_id, var} in a BindingData.
            return b"\x1a%c\n%c%b\x12%c\x1a%c\n%c%b\x12%c%b" % (
                whole, len(name), name, size + 2, size, len(node), node, len(output), output,
            )  # fmt: skip
    return field(3, field(1, var.encode()) + field(2, data_bytes(data)))


def data_bytes(data: bytes | Promise | BoundList | BoundMap) -> bytes:
    """The canonical bytes of the BindingData, with the node ids of this moment."""
    if isinstance(data, bytes):
        return data
    if isinstance(data, Promise):
        reference = data.drawloom_node.id.encode()
        body = field(2, data.drawloom_var.encode())
        if reference:
            body = field(1, reference) + body
        for step in data.drawloom_path:
            body += field(3, _attribute(step))
        return field(3, body)
    if isinstance(data, BoundMap):
        named = [(name.encode(), data.items[name]) for name in sorted(data.items, key=map_order)]
        entries = (field(1, key) + field(2, data_bytes(part)) for key, part in named)
        return field(4, b"".join(field(1, entry) for entry in entries))
    return field(2, b"".join(field(1, data_bytes(part)) for part in data.items))


def _attribute(step: str | int) -> bytes:
    if isinstance(step, str):
        return field(1, step.encode())
    # proto3 oneof members are written even when they are 0.
    return wire.tag(2, wire.VARINT) + wire.varint(step)
