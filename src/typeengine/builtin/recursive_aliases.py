"""Recursive type aliases (`type Json = dict[str, Json] | list[Json] | int`): a struct, so that the literal type is finite."""

from __future__ import annotations

from typing import Any

from typeengine.builtin.msgpack_structs import struct_codec
from typeengine.codec import Codec, SchemaContext
from typeengine.hints.forms import Form, expand_alias
from typeengine.registry import CodecResolver


def alias_codec(form: Form, resolver: CodecResolver) -> Codec:
    """The codec of an alias that stands for itself somewhere inside."""
    name = str(form)
    inner: Codec = resolver.codec(expand_alias(form, resolver.scope), f"<{name}>")

    def make_schema(context: SchemaContext) -> dict[str, Any]:
        reference = {"$ref": f"#/$defs/{name}"}
        if form not in context.open:
            context.open[form] = name
            context.definitions[name] = inner.make_schema(context)
            del context.open[form]
        return reference

    return struct_codec(
        form,
        resolver.options,
        tag=name,
        to_plain=inner.to_plain,
        from_plain=inner.from_plain,
        accepts=inner.accepts,
        classes=inner.classes,
        make_schema=make_schema,
        kinds=inner.kinds,
        described=False,
    )
