"""The type engine under the path that Flyte 2's programs reach into."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "typeengine": "RestrictedTypeError TypeEngine TypeTransformer TypeTransformerFailedError",
        "weft._transformers": """
            DataclassTransformer DictTransformer EnumTransformer ListTransformer ProtobufTransformer
            PydanticTransformer UnionTransformer
        """,
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)
