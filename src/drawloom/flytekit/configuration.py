"""Settings of serialization."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "compiler": "FastSerializationSettings Image ImageConfig SERIALIZED_CONTEXT_ENV_VAR SerializationSettings",
        "drawloom.flytekit._platform": "Config DataConfig LocalConfig PlatformConfig S3Config SecretsConfig",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)
