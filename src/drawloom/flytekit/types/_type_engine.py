"""The type engine under the path that Flyte 2's programs reach into."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "typeengine": "RestrictedTypeError TypeEngine TypeTransformer TypeTransformerFailedError",
        "drawloom.flytekit._transformers": """
            DataclassTransformer DictTransformer EnumTransformer ListTransformer ProtobufTransformer
            PydanticTransformer UnionTransformer
        """,
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)
