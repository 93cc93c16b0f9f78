"""The type engine."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "typeengine": """
            AsyncTypeTransformer BatchSize LiteralsResolver RestrictedTypeError SimpleTransformer
            TypeEngine TypeTransformer TypeTransformerFailedError
        """,
        "drawloom.flytekit._transformers": """
            DataclassTransformer DictTransformer EnumTransformer ListTransformer ProtobufTransformer
            UnionTransformer
        """,
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)
