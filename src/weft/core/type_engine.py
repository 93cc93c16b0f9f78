"""The type engine."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "typeengine": """
            AsyncTypeTransformer BatchSize LiteralsResolver RestrictedTypeError SimpleTransformer
            TypeEngine TypeTransformer TypeTransformerFailedError
        """,
        "weft._transformers": """
            DataclassTransformer DictTransformer EnumTransformer ListTransformer ProtobufTransformer
            UnionTransformer
        """,
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)
