"""Protobuf messages, by protobuf's own JSON mapping.

Wire: simple STRUCT with metadata `{"pb_type": "module.Class"}`; the value is a `generic` Struct of the message's JSON, as
flytekit writes it (camelCase names, int64 as text, bytes base64, enums by name). Well-known types whose JSON is not an object
(Timestamp, Duration, wrappers, Value, ListValue, FieldMask) travel as `{"value": JSON}`, as protobuf itself does inside
Any. flytekit cannot write them, but for ListValue, for which it writes a collection that is not of the literal type and
that it cannot read; that form is read here.
"""

from __future__ import annotations

from typing import Any, cast

from google.protobuf import json_format, struct_pb2
from google.protobuf.message import Message

from literals import pb, preview
from typeengine.codec import Codec, Open, Plain
from typeengine.errors import wrong_literal, wrong_value
from typeengine.hints.forms import Form
from typeengine.registry import CodecResolver, CodecRow
from typeengine.wire.foreign_literals import foreign
from typeengine.wire.plain_values import struct_plain

_BOXED = frozenset(
    f"google.protobuf.{name}"
    for name in (
        "Timestamp", "Duration", "FieldMask", "Value", "DoubleValue", "FloatValue", "Int64Value", "UInt64Value", "Int32Value",
        "UInt32Value", "BoolValue", "StringValue", "BytesValue", "ListValue",
    )
)  # fmt: skip
"""Messages whose JSON is not an object."""
_DAMAGED = (json_format.Error, TypeError, ValueError, AttributeError, LookupError, RecursionError, OverflowError)
"""What protobuf's JSON reader raises for a tree that is not of the message; a LookupError for an Any without a value."""


def message_codec(form: Form, resolver: CodecResolver) -> Codec:  # noqa: C901 - one closure for each of a codec's functions
    """One message class."""
    del resolver
    kind: Any = form.origin
    name = kind.DESCRIPTOR.full_name
    boxed = name in _BOXED

    def make_type(_: Open) -> Any:
        literal_type = pb.LiteralType(simple=pb.SimpleType.Value("STRUCT"))
        literal_type.metadata.update({"pb_type": f"{kind.__module__}.{kind.__name__}"})
        return literal_type

    def to_plain(value: Any) -> Any:
        if not isinstance(value, kind):
            raise wrong_value(f"a {name} message", value)
        try:
            tree = json_format.MessageToDict(value)
        except _DAMAGED as error:
            raise wrong_value(f"a {name} message that has a JSON form ({error})", value) from error
        return {"value": tree} if boxed else tree

    def from_plain(tree: Plain) -> Any:
        if boxed:
            if not isinstance(tree, dict) or "value" not in tree:
                raise wrong_literal(f"a {name} message under 'value'", preview(tree))
            tree = tree["value"]
        try:
            return json_format.ParseDict(cast("dict[str, Any]", tree), kind())
        except _DAMAGED as error:
            raise wrong_literal(f"the JSON form of a {name} message", preview(tree)) from error

    def encode(value: Any) -> bytes:
        literal = pb.Literal()
        literal.scalar.generic.SetInParent()
        json_format.ParseDict(to_plain(value), literal.scalar.generic)
        return literal.SerializeToString(deterministic=True)

    def read(literal: pb.Literal) -> Any:
        if literal.WhichOneof("value") == "collection" and kind is struct_pb2.ListValue:
            return from_plain({"value": [_element(item) for item in literal.collection.literals]})
        if literal.scalar.WhichOneof("value") == "generic":
            return from_plain(struct_plain(literal.scalar.generic))
        return foreign(literal, read, from_plain, f"a {name} message")

    return Codec(
        form,
        tag="Protobuf-Transformer",
        make_type=make_type,
        make_schema=lambda _: {"type": "object"},
        encode=encode,
        read=read,
        to_plain=to_plain,
        from_plain=from_plain,
        accepts=lambda value: isinstance(value, kind),
        classes=(kind,),
    )


def _element(literal: pb.Literal) -> Any:
    kind = literal.WhichOneof("value")
    if kind == "collection":
        return [_element(item) for item in literal.collection.literals]
    held = literal.scalar.WhichOneof("value")
    if held == "generic":
        return struct_plain(literal.scalar.generic)
    if held == "none_type":
        return None
    if held == "primitive":
        value = literal.scalar.primitive.WhichOneof("value")
        if value in ("integer", "float_value", "boolean", "string_value"):
            return getattr(literal.scalar.primitive, value)
    raise wrong_literal("an element of a ListValue", str(held or kind or "nothing"))


def _is_message(form: Form) -> bool:
    return form.cls is not None and issubclass(form.cls, Message) and form.cls is not Message


ROWS: tuple[CodecRow, ...] = (CodecRow("protobuf messages", _is_message, message_codec),)
